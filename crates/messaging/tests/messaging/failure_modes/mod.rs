//! RabbitMQ and PostgreSQL, broken for real, under a running service. The ids are those of
//! the design's list of failure modes.

mod seam;
mod service;

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
    collections::BTreeSet,
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

    /// What was told of the counter, from the log, until `enough`.
    async fn told(&self, enough: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let mut told = Vec::new();
        let mut tail = self
            .probe
            .0
            .tail(LOG, Offset::First, 100)
            .await
            .expect("reading");
        while !enough(&told) {
            let entries = tokio::time::timeout(Duration::from_secs(30), tail.next());
            let entries = entries.await.expect("told in time").expect("a live stream");
            let messages = entries.into_iter().map(|(_, delivery)| delivery.message);
            told.extend(messages.filter(|message| message.kind.as_deref() == Some("tally.added")));
        }
        told
    }

    /// Every one of `count` events was told, and no other. A cut may have made a second
    /// copy of one, under its id.
    async fn told_exactly(&self, count: usize) {
        let ids = |told: &[Message]| -> BTreeSet<_> {
            told.iter().map(|message| message.id.clone()).collect()
        };
        let told = self.told(|told| ids(told).len() >= count).await;
        assert_eq!(ids(&told).len(), count);
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
