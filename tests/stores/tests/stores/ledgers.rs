//! Money and stock add up after any rounds of batches, several at a time, some of them
//! over a connection that is lost on the way. What adds up is asked of the database alone.

use crate::{
    batch::{self, Item, Outcome, any_items},
    bounds::{CUT_AT_MAX, INSTANCES, LEDGERS, ROUNDS_MAX},
    contents,
    kept::Kept,
    sequence::{Sequence, sequence},
    servers::{Database, Verdict, block_on, runner, store_at},
    wire::{Cut, Wire},
};
use inventory_core::Inventory;
use messaging::store::{StoreError, postgres::PgStore};
use payments_core::Payments;
use proptest::{collection::vec, prelude::*};
use std::{cell::RefCell, fmt};

/// Every instance may have to wait for every other, and decide again after each.
const ATTEMPTS_MAX: usize = 50;

/// A question to the database, and what it means if there is an answer.
struct Mistake {
    what: &'static str,
    query: &'static str,
}

trait Ledger: Kept {
    const MISTAKES: &'static [Mistake];
    /// How often something moved.
    const EFFECTS: &'static str;
}

impl Ledger for Payments {
    const MISTAKES: &'static [Mistake] = &[
        Mistake {
            what: "the rows of an effect do not sum to zero, or are not two",
            query: "select cause::text from ledger group by cause, kind
                    having sum(amount_minor) <> 0 or count(*) <> 2",
        },
        Mistake {
            what: "a balance is not what the ledger adds up to",
            query: "select customer from accounts full join (
                        select customer,
                            sum(amount_minor) filter (where account = 'available') as available,
                            sum(amount_minor) filter (where account = 'held') as held,
                            sum(amount_minor) filter (where account = 'captured') as captured
                        from ledger group by customer) l using (customer)
                    where (available_minor, held_minor, captured_minor) is distinct from
                          (coalesce(available, 0), coalesce(held, 0), coalesce(captured, 0))",
        },
        Mistake {
            what: "what is held is not what the held payments ask for",
            query: "select customer from accounts a where held_minor <> coalesce(
                        (select sum(amount_minor) from payments p
                         where p.customer = a.customer and p.state = 'held'), 0)",
        },
        Mistake {
            what: "a deposit and its entry differ",
            query: "select deposit_id::text from deposits d full join (
                        select cause, customer as of, amount_minor as entered from ledger
                        where kind = 'deposit' and account = 'available') l on cause = deposit_id
                    where (d.customer, d.amount_minor) is distinct from (of, entered)",
        },
        Mistake {
            what: "a payment is not where its entries say",
            query: "select order_id::text from payments full join (
                        select cause, array_agg(distinct kind order by kind) as kinds
                        from ledger where kind <> 'deposit' group by cause) l on cause = order_id
                    where kinds is distinct from case state
                        when 'held' then array['hold']
                        when 'released' then array['hold', 'release']
                        when 'captured' then array['capture', 'hold'] end",
        },
    ];
    const EFFECTS: &'static str = "select count(*) from ledger";
}

impl Ledger for Inventory {
    const MISTAKES: &'static [Mistake] = &[
        Mistake {
            what: "stock is not what the ledger adds up to",
            query: "select sku from skus full join (
                        select sku,
                            coalesce(sum(quantity) filter (where kind = 'receipt'), 0) as came,
                            coalesce(sum(quantity) filter (where kind = 'reserve'), 0) as taken,
                            coalesce(sum(quantity) filter (where kind = 'release'), 0) as back,
                            coalesce(sum(quantity) filter (where kind = 'dispatch'), 0) as gone
                        from stock_ledger group by sku) l using (sku)
                    where (on_hand, reserved, shipped) is distinct from
                          (coalesce(came - taken + back, 0), coalesce(taken - back - gone, 0),
                           coalesce(gone, 0))",
        },
        Mistake {
            what: "what is reserved is not what the reservations say",
            query: "select sku from skus s where reserved <> coalesce(
                        (select sum((line->>'quantity')::bigint)
                         from reservations, jsonb_array_elements(lines) line
                         where state = 'reserved' and line->>'sku' = s.sku), 0)",
        },
        Mistake {
            what: "a receipt and its movement differ",
            query: "select receipt_id::text from receipts r full join (
                        select cause, sku as of, quantity as moved from stock_ledger
                        where kind = 'receipt') l on cause = receipt_id
                    where (r.sku, r.quantity) is distinct from (of, moved)",
        },
        Mistake {
            what: "a reservation is not where its movements say",
            query: "select order_id::text from reservations full join (
                        select cause, array_agg(distinct kind order by kind) as kinds
                        from stock_ledger where kind <> 'receipt' group by cause) l
                        on cause = order_id
                    where kinds is distinct from case state
                        when 'reserved' then array['reserve']
                        when 'released' then array['release', 'reserve']
                        when 'dispatched' then array['dispatch', 'reserve'] end",
        },
    ];
    const EFFECTS: &'static str = "select count(*) from stock_ledger";
}

/// One batch an instance, all at the same time.
struct Round<P: Kept>(Vec<(Vec<Item<P>>, Cut)>);

impl<P: Kept> Clone for Round<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P: Kept> fmt::Debug for Round<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("together:")?;
        for (items, cut) in &self.0 {
            write!(f, "\n         {items:?}")?;
            if *cut != Cut::Never {
                write!(f, ", cut {cut:?}")?;
            }
        }
        Ok(())
    }
}

fn round<P: Kept>() -> impl Strategy<Value = Round<P>> {
    let cut = prop_oneof![
        3 => Just(Cut::Never),
        1 => (1..=CUT_AT_MAX).prop_map(Cut::Before),
        1 => (1..=CUT_AT_MAX).prop_map(Cut::After),
    ];
    vec((any_items(), cut), INSTANCES).prop_map(Round)
}

/// What has to happen now and then, or nothing was tried.
#[derive(Debug, Default)]
struct Seen {
    effects: i64,
    repeated: usize,
    lost: usize,
}

async fn play<P: Kept>(
    url: &str,
    store: &PgStore<P, P::Sql>,
    round: Round<P>,
    now_ms: i64,
) -> Seen {
    let mut together = tokio::task::JoinSet::new();
    for (items, cut) in round.0 {
        let (url, store) = (url.to_owned(), store.clone());
        together.spawn(async move {
            let mut seen = Seen::default();
            if cut != Cut::Never {
                let (_wire, url) = Wire::before(&url, cut).await;
                let cut = store_at::<P>(&url, P::SERVICE);
                match batch::run(&cut, &items, now_ms).await {
                    Outcome::Done(_) => return seen,
                    Outcome::Unknown | Outcome::Failed(_) => seen.lost += 1,
                }
            }
            for _ in 0..ATTEMPTS_MAX {
                match batch::run(&store, &items, now_ms).await {
                    Outcome::Done(_) => return seen,
                    Outcome::Failed(StoreError::Taken(_)) => seen.repeated += 1,
                    other => panic!("over a sound connection: {other:?}"),
                }
            }
            panic!("{ATTEMPTS_MAX} times somebody else was quicker");
        });
    }
    let mut all = Seen::default();
    for seen in together.join_all().await {
        all.repeated += seen.repeated;
        all.lost += seen.lost;
    }
    all
}

async fn add_up<P: Ledger>(store: &PgStore<P, P::Sql>) -> Verdict {
    for Mistake { what, query } in P::MISTAKES {
        let found: Vec<Option<String>> = sqlx::query_scalar(*query)
            .fetch_all(store.pool())
            .await
            .expect("the ledger is asked");
        prop_assert!(found.is_empty(), "{what}: {found:?}");
    }
    Ok(())
}

fn everything_adds_up<P: Ledger>() {
    let database = block_on(Database::create::<P>());
    let store = database.store::<P>();
    let seen = RefCell::new(Seen::default());
    let outcome =
        runner(file!(), LEDGERS).run(&sequence(round::<P>(), ROUNDS_MAX), |Sequence(rounds)| {
            block_on(async {
                contents::empty(store.pool()).await;
                for (now_ms, round) in (1_000_000..).zip(rounds) {
                    let played = play(&database.url, &store, round, now_ms).await;
                    add_up::<P>(&store).await?;
                    let mut seen = seen.borrow_mut();
                    seen.repeated += played.repeated;
                    seen.lost += played.lost;
                }
                let effects = sqlx::query_scalar(P::EFFECTS).fetch_one(store.pool());
                let effects: i64 = effects.await.expect("counted");
                seen.borrow_mut().effects += effects;
                Ok(())
            })
        });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let seen = seen.into_inner();
    assert!(
        seen.effects > 0 && seen.repeated > 0 && seen.lost > 0,
        "not tried: {seen:?}"
    );
}

#[test]
fn money_adds_up_after_anything() {
    everything_adds_up::<Payments>();
}

#[test]
fn stock_adds_up_after_anything() {
    everything_adds_up::<Inventory>();
}
