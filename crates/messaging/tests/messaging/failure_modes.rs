//! RabbitMQ and PostgreSQL, broken for real, under a running service. The ids are those of
//! the design's list of failure modes.

use crate::{
    middleman::Middleman,
    patience::{eventually, until},
    servers::{self, Vhost},
    store::terminate_backends,
    tally::{Counters, LOG, PANIC, SERVICE, Tally, UNSTORABLE, add, garbage, topology},
};
use messaging::{
    Broker, Gate, Role, Service, Settings, SplitMix, SystemClock,
    broker::{
        Blocked, BrokerError, Consumer, Offset, Outcome, Publisher, Session, Tail,
        amqp::{AmqpBroker, AmqpPublisher, AmqpSession},
    },
    message::{Message, Publication},
    pipeline::DEAD_REASON,
    store::{Outbox, postgres::PgStore},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use uuid::Uuid;

const COUNTER: Uuid = Uuid::from_u128(7);
/// Short, so that a lost confirm costs the test little.
const CONFIRM_TIMEOUT: Duration = Duration::from_millis(500);

/// A service over both real servers, with somebody in the middle of its AMQP connections.
struct World {
    vhost: Vhost,
    middleman: Middleman,
    store: PgStore<Tally, Counters>,
    service: Service<Tally>,
    consuming: Arc<AtomicBool>,
    /// Past the middleman.
    probe: (AmqpSession, AmqpPublisher),
}

impl World {
    async fn start() -> Self {
        let vhost = Vhost::create().await;
        let store = servers::store().await;
        let direct = vhost.amqp_url().await;
        let (middleman, url) = Middleman::before(&direct).await;
        let broker = AmqpBroker::new(&url, SERVICE, "tally-1")
            .expect("a valid address")
            .with_confirm_timeout(CONFIRM_TIMEOUT);
        let consuming = Arc::new(AtomicBool::new(false));
        let (up, down) = (Arc::clone(&consuming), Arc::clone(&consuming));
        let mut settings = Settings::new(SERVICE, topology());
        settings.consume_gate = Gate::new(
            move || up.store(true, Ordering::SeqCst),
            move |_| down.store(false, Ordering::SeqCst),
        );
        let entropy = Arc::new(SplitMix::from_seed(1));
        let service = Service::start(broker, store.clone(), SystemClock, entropy, settings);
        let probe = AmqpBroker::new(&direct, "probe", "probe-1").expect("a valid address");
        let session = probe.connect(Role::Publish).await.expect("connected");
        session.declare(&topology()).await.expect("declared");
        let publisher = session.publisher().await.expect("confirms on");
        let world = Self {
            vhost,
            middleman,
            store,
            service,
            consuming,
            probe: (session, publisher),
        };
        world.ready().await;
        world
    }

    async fn ready(&self) {
        until("consuming", || self.consuming.load(Ordering::SeqCst)).await;
    }

    async fn send(&mut self, publications: &[Publication]) {
        let outcomes = self
            .probe
            .1
            .publish(publications)
            .await
            .expect("not blocked");
        assert!(
            outcomes
                .iter()
                .all(|outcome| *outcome == Outcome::Confirmed),
            "{outcomes:?}"
        );
    }

    async fn total(&self) -> i64 {
        let total = sqlx::query_scalar("select coalesce(sum(total), 0)::bigint from counters");
        total.fetch_one(self.store.pool()).await.unwrap_or(-1)
    }

    async fn becomes(&self, total: i64) {
        eventually("the total", async || {
            (self.total().await == total).then_some(())
        })
        .await;
    }

    async fn owes_nothing(&self) {
        let empty = async || {
            self.store
                .outbox_level()
                .await
                .is_ok_and(|level| level.rows == 0)
        };
        eventually("an empty outbox", async || empty().await.then_some(())).await;
    }

    /// What was told of the counter, from the log.
    async fn told(&self, count: usize) -> Vec<Message> {
        let mut told = Vec::new();
        let mut tail = self
            .probe
            .0
            .tail(LOG, Offset::First, 100)
            .await
            .expect("reading");
        while told.len() < count {
            let entries = tokio::time::timeout(Duration::from_secs(30), tail.next());
            let entries = entries.await.expect("told in time").expect("a live stream");
            let messages = entries.into_iter().map(|(_, delivery)| delivery.message);
            told.extend(messages.filter(|message| message.kind.as_deref() == Some("tally.added")));
        }
        told
    }

    async fn dead(&self, count: usize) -> Vec<Message> {
        let mut dead = Vec::new();
        let mut consumer = self
            .probe
            .0
            .consumer("tally.dead", 100)
            .await
            .expect("consuming");
        while dead.len() < count {
            let letters = tokio::time::timeout(Duration::from_secs(30), consumer.next());
            let letters = letters
                .await
                .expect("dead letters in time")
                .expect("a live consumer");
            dead.extend(letters.into_iter().map(|letter| letter.message));
        }
        dead
    }
}

/// F1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f1_an_event_whose_confirm_is_lost_goes_out_again_under_its_id() {
    let mut world = World::start().await;
    world.middleman.swallow_confirms(true);
    world.send(&[add(COUNTER, 1, 1)]).await;
    until("a confirm swallowed", || world.middleman.swallowed() > 0).await;
    world.becomes(1).await;
    assert_eq!(
        world.store.outbox_level().await.expect("counted").rows,
        1,
        "unconfirmed is owed"
    );
    world.middleman.swallow_confirms(false);
    world.owes_nothing().await;
    let told = world.told(2).await;
    assert_eq!(told[0].id, told[1].id);
    assert_eq!(world.total().await, 1);
}

/// F1, at the seam: a confirm that never comes does not wait for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f1_a_swallowed_confirm_is_an_unknown_outcome() {
    let (_vhost, middleman, session, mut publisher) = publisher().await;
    middleman.swallow_confirms(true);
    assert_eq!(
        publisher.publish(&[add(COUNTER, 1, 1)]).await,
        Ok(vec![Outcome::Unknown])
    );
    drop(session);
}

/// F8: told that it is blocked, a publisher sends nothing and says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f8_a_blocked_publisher_says_so_and_recovers() {
    let (_vhost, middleman, _session, mut publisher) = publisher().await;
    middleman.forge_blocked(true).await;
    eventually("blocked", async || {
        (publisher.publish(&[]).await == Err(Blocked)).then_some(())
    })
    .await;
    middleman.forge_blocked(false).await;
    let sent = eventually("reading again", async || {
        publisher.publish(&[add(COUNTER, 1, 1)]).await.ok()
    })
    .await;
    assert_eq!(sent, [Outcome::Confirmed]);
}

/// F33: cut while a confirm is open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_cut_with_an_open_confirm_is_an_unknown_outcome_and_ends_the_session() {
    let (_vhost, middleman, session, mut publisher) = publisher().await;
    middleman.swallow_confirms(true);
    let window = [add(COUNTER, 1, 1)];
    let cut = async {
        until("published", || middleman.swallowed() > 0).await;
        middleman.cut();
    };
    let (outcomes, ()) = tokio::join!(publisher.publish(&window), cut);
    assert_eq!(outcomes, Ok(vec![Outcome::Unknown]));
    let ended = tokio::time::timeout(Duration::from_secs(10), session.ended());
    ended.await.expect("the session notices");
}

async fn publisher() -> (Vhost, Middleman, AmqpSession, AmqpPublisher) {
    let vhost = Vhost::create().await;
    let (middleman, url) = Middleman::before(&vhost.amqp_url().await).await;
    let broker = AmqpBroker::new(&url, SERVICE, "tally-1")
        .expect("a valid address")
        .with_confirm_timeout(CONFIRM_TIMEOUT);
    let session = broker.connect(Role::Publish).await.expect("connected");
    session.declare(&topology()).await.expect("declared");
    let publisher = session.publisher().await.expect("confirms on");
    (vhost, middleman, session, publisher)
}

/// F11: TCP accepts, AMQP never speaks. The connection is given up and cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_peer_that_accepts_and_stays_silent_is_given_up() {
    use tokio::io::AsyncReadExt;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!(
        "amqp://guest:guest@{}/%2f",
        listener.local_addr().expect("bound")
    );
    let broker = AmqpBroker::new(&url, SERVICE, "tally-1").expect("a valid address");
    let silent = async {
        let (mut peer, _) = listener.accept().await.expect("a client");
        let mut heard = Vec::new();
        // Ends when the client cuts the connection: nothing is left behind.
        let _ = peer.read_to_end(&mut heard).await;
        heard
    };
    let (connected, heard) = tokio::join!(broker.connect(Role::Publish), silent);
    assert_eq!(connected.err(), Some(BrokerError::Silent("connect")));
    assert_eq!(&heard[..4], b"AMQP");
}

/// F12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_connections_closed_by_force_are_built_anew() {
    let mut world = World::start().await;
    let names = eventually("connections listed", async || {
        let mut names = world.vhost.connection_names().await;
        names.sort();
        (names.len() == 3).then_some(names)
    });
    assert_eq!(
        names.await,
        [
            "probe/probe-1/publish",
            "tally/tally-1/consume",
            "tally/tally-1/publish"
        ]
    );
    assert_eq!(world.vhost.close_connections().await, 3);
    let direct = AmqpBroker::new(&world.vhost.amqp_url().await, "probe", "probe-2")
        .expect("a valid address");
    let session = direct.connect(Role::Publish).await.expect("connected");
    let publisher = session.publisher().await.expect("confirms on");
    world.probe = (session, publisher);
    world.send(&[add(COUNTER, 1, 1)]).await;
    world.becomes(1).await;
    world.owes_nothing().await;
    assert_eq!(world.told(1).await.len(), 1);
}

/// F14 and F32: committed, and the acknowledgement is lost with the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f14_an_effect_whose_acknowledgement_is_lost_is_not_repeated() {
    let mut world = World::start().await;
    world.middleman.swallow_acks(true);
    let messages: Vec<_> = (0..20).map(|ordinal| add(COUNTER, ordinal, 1)).collect();
    world.send(&messages).await;
    until("an acknowledgement swallowed", || {
        world.middleman.swallowed() > 0
    })
    .await;
    world.becomes(20).await;
    world.middleman.swallow_acks(false);
    world.middleman.cut();
    // Behind the redelivered ones in the queue: when it is handled, they were.
    world.send(&[add(COUNTER, 100, 5)]).await;
    world.becomes(25).await;
    world.owes_nothing().await;
    assert_eq!(world.told(21).await.len(), 21);
}

/// F15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f15_a_duplicate_of_a_publisher_is_seen_by_its_id() {
    let mut world = World::start().await;
    world.send(&[add(COUNTER, 1, 1), add(COUNTER, 1, 1)]).await;
    world.becomes(1).await;
    world.send(&[add(COUNTER, 1, 1), add(COUNTER, 2, 1)]).await;
    world.becomes(2).await;
}

/// F16: an acknowledgement that the broker does not know closes the channel.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_channel_exception_rebuilds_the_consumer() {
    let mut world = World::start().await;
    // Of a session, 1 declared and is closed, 2 is the consumer's; a number is reused.
    for channel in [1, 2] {
        world.middleman.forge_ack(channel).await;
    }
    until("noticed", || !world.consuming.load(Ordering::SeqCst)).await;
    world.ready().await;
    for ordinal in 0..5 {
        world.send(&[add(COUNTER, ordinal, 1)]).await;
        world.becomes(i64::from(ordinal) + 1).await;
    }
    world.owes_nothing().await;
}

/// F17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_deleted_queue_is_declared_and_consumed_again() {
    let mut world = World::start().await;
    world.vhost.delete_queue(SERVICE).await;
    until("noticed", || !world.consuming.load(Ordering::SeqCst)).await;
    world.ready().await;
    world.send(&[add(COUNTER, 1, 1)]).await;
    world.becomes(1).await;
}

/// F19 and F37
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_f37_poison_is_quarantined_with_its_reason_and_its_neighbours_go_on() {
    let mut world = World::start().await;
    let poison = [
        garbage(COUNTER, 1),
        add(COUNTER, 2, PANIC),
        add(COUNTER, 3, UNSTORABLE),
    ];
    let mut messages: Vec<_> = (10..30).map(|ordinal| add(COUNTER, ordinal, 1)).collect();
    for (place, message) in poison.into_iter().enumerate() {
        messages.insert(place * 7, message);
    }
    world.send(&messages).await;
    world.becomes(20).await;
    let dead = world.dead(3).await;
    let mut reasons: Vec<_> = dead
        .iter()
        .filter_map(|letter| letter.headers.text(DEAD_REASON))
        .collect();
    reasons.sort_unstable();
    assert!(reasons[0].starts_with("malformed body"), "{reasons:?}");
    assert!(
        reasons[1].starts_with("new row for relation \"counters\""),
        "{reasons:?}"
    );
    assert_eq!(reasons[2], "panic: unlucky number");
}

/// F32: nothing was sent, and that is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f32_an_acknowledgement_after_a_cut_is_an_error() {
    let (_vhost, middleman, session, mut publisher) = publisher().await;
    publisher
        .publish(&[add(COUNTER, 1, 1)])
        .await
        .expect("not blocked");
    let mut consumer = session.consumer(SERVICE, 10).await.expect("consuming");
    let taken = consumer.next().await.expect("a delivery");
    middleman.cut();
    let ended = tokio::time::timeout(Duration::from_secs(10), session.ended());
    ended.await.expect("the session notices");
    assert!(consumer.ack(taken[0].tag).await.is_err());
    assert!(consumer.next().await.is_err());
}

/// F40: backends die under a stream of messages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f40_terminated_backends_lose_and_repeat_nothing() {
    let mut world = World::start().await;
    for round in 0..10_u32 {
        let messages: Vec<_> = (0..50).map(|n| add(COUNTER, round * 50 + n, 1)).collect();
        world.send(&messages).await;
        terminate_backends(&world.store).await;
    }
    world.becomes(500).await;
    world.owes_nothing().await;
    let mut ids: Vec<_> = world
        .told(500)
        .await
        .into_iter()
        .map(|message| message.id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 500);
    world.service.drain(Duration::from_secs(10)).await;
}
