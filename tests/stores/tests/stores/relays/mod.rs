//! Several relays over one outbox, each a `messaging::Service` of its own; some of them
//! die, some lose their connection, and the broker is not always kind.
//!
//! Every row is published, none is claimed by two within a lease, and nothing is left.
//! The order among rows is nobody's promise: a claim takes the longest due first, and
//! publishes them over several lanes.
//!
//! - [`watched`]: a store that writes down each claim, and may be the death of its relay.
//! - [`hurried`]: a clock whose leases do not take minutes.

mod hurried;
mod watched;

use crate::{
    batch::owed_by,
    bounds::{CUT_AT_MAX, RELAY_ROWS_MAX, RELAY_STORMS, RELAYS},
    contents,
    servers::{Database, Verdict, block_on, runner, store_at},
    wire::{Cut, Wire},
};
use hurried::Hurried;
use messaging::{
    Service, Settings, SplitMix, Topology,
    broker::memory::{Fault, MemoryBroker, Step},
    store::{Outbox, OutboxRow, Store, Transaction},
};
use payments_core::Payments;
use proptest::{collection::vec, prelude::*};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;
use watched::{Claim, Claims, Death, Watched};

const LOG: &str = "events.log";
/// Far beyond what the longest lease takes on a hurried clock.
const PATIENCE: Duration = Duration::from_secs(60);

/// What becomes of one relay; whoever dies is replaced by one to whom nothing happens.
#[derive(Clone, Debug)]
struct Fate {
    death: Death,
    cut: Cut,
}

fn fate() -> impl Strategy<Value = Fate> {
    let death = prop_oneof![
        1 => Just(Death::Never),
        2 => (1..=3usize).prop_map(Death::AfterClaim),
        2 => (1..=2usize).prop_map(Death::BeforeErase),
    ];
    let cut = prop_oneof![
        1 => Just(Cut::Never),
        1 => (1..=CUT_AT_MAX).prop_map(Cut::Before),
        1 => (1..=CUT_AT_MAX).prop_map(Cut::After),
    ];
    (death, cut).prop_map(|(death, cut)| Fate { death, cut })
}

/// Of every so many publishes, one is refused and one is confirmed to nobody.
fn unkind(broker: &MemoryBroker, every: usize) {
    let mut publishes = 0;
    broker.inject(move |step| match step {
        Step::Publish(_) => {
            publishes += 1;
            match publishes % every {
                0 => Fault::Nack,
                1 => Fault::LoseConfirm,
                _ => Fault::Pass,
            }
        }
        Step::Connect(_) | Step::Deliver { .. } | Step::Settle { .. } => Fault::Pass,
    });
}

struct Relay {
    _service: Service<Payments>,
    _wire: Wire,
}

struct Storm {
    url: String,
    broker: MemoryBroker,
    clock: Hurried,
    claims: Claims,
}

impl Storm {
    async fn relay(&self, fate: &Fate) -> (Relay, watched::Funeral) {
        let (wire, url) = Wire::before(&self.url, fate.cut).await;
        let store = store_at::<Payments>(&url, "relay");
        let (store, funeral) = Watched::new(store, fate.death, &self.claims);
        let service = Service::start(
            self.broker.clone(),
            store,
            self.clock.clone(),
            Arc::new(SplitMix::from_seed(7)),
            Settings::new(
                "payments",
                Topology::new().participant("payments", &[]).log(LOG, 1),
            ),
        );
        let relay = Relay {
            _service: service,
            _wire: wire,
        };
        (relay, funeral)
    }

    /// Until the outbox is empty. The dead are buried, and replaced.
    async fn until_empty(&self, fates: Vec<Fate>, outbox: &impl Outbox) {
        let mut lives = tokio::task::JoinSet::new();
        for fate in fates {
            let storm = self.clone();
            lives.spawn(async move {
                let (relay, funeral) = storm.relay(&fate).await;
                funeral.held().await;
                drop(relay);
                let unharmed = Fate {
                    death: Death::Never,
                    cut: Cut::Never,
                };
                let (_relay, funeral) = storm.relay(&unharmed).await;
                funeral.held().await;
            });
        }
        let deadline = Instant::now() + PATIENCE;
        while outbox.outbox_level().await.expect("counted").rows > 0 {
            assert!(Instant::now() < deadline, "rows are left in the outbox");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        lives.shutdown().await;
    }
}

impl Clone for Storm {
    fn clone(&self) -> Self {
        Self {
            url: self.url.clone(),
            broker: self.broker.clone(),
            clock: self.clock.clone(),
            claims: Arc::clone(&self.claims),
        }
    }
}

/// A row that is claimed again was left alone for as long as its lease said.
fn leases_are_kept(claims: &[Claim]) -> Verdict {
    let mut by_row: BTreeMap<Uuid, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        by_row.entry(claim.row).or_default().push(claim);
    }
    for (row, mut claims) in by_row {
        claims.sort_by_key(|claim| claim.attempt);
        for pair in claims.windows(2) {
            prop_assert!(
                pair[0].attempt < pair[1].attempt && pair[0].until_ms <= pair[1].at_ms,
                "{row} is claimed by two at once: {pair:?}"
            );
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Seen {
    claimed_again: usize,
    published_again: usize,
}

#[test]
fn relays_that_race_and_die_publish_every_row_and_share_none() {
    let database = block_on(Database::create::<Payments>());
    let store = database.store::<Payments>();
    let seen = Mutex::new(Seen::default());
    let storms = (1..=RELAY_ROWS_MAX, vec(fate(), RELAYS), 3..20usize);
    let outcome = runner(file!(), RELAY_STORMS).run(&storms, |(rows, fates, every)| {
        block_on(async {
            contents::empty(store.pool()).await;
            let storm = Storm {
                url: database.url.clone(),
                broker: MemoryBroker::new(),
                clock: Hurried::from_now(),
                claims: Claims::default(),
            };
            let owed: Vec<OutboxRow> = (1..=rows).map(owed_by).collect();
            let mut tx = store.begin().await.expect("begun");
            tx.outbox_insert(&owed).await.expect("inserted");
            tx.commit().await.expect("committed");
            unkind(&storm.broker, every);
            storm.until_empty(fates, &store).await;

            let published: Vec<String> = (storm.broker.messages(LOG).into_iter())
                .filter_map(|message| message.id)
                .collect();
            let told: BTreeSet<&str> = published.iter().map(String::as_str).collect();
            for row in &owed {
                let id = row.id().to_string();
                prop_assert!(
                    told.contains(id.as_str()),
                    "{id} was erased and never published"
                );
            }
            let claims = storm.claims.lock().expect("no panic").clone();
            leases_are_kept(&claims)?;
            let mut seen = seen.lock().expect("no panic");
            seen.claimed_again += claims.iter().filter(|claim| claim.attempt > 1).count();
            seen.published_again += published.len() - told.len();
            Ok(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let seen = seen.into_inner().expect("no panic");
    assert!(
        seen.claimed_again > 0 && seen.published_again > 0,
        "not tried: {seen:?}"
    );
}
