//! Following the log, whatever happens to the connection; over both brokers.

use crate::{
    patience::RuntimeClock,
    servers::Vhost,
    tally::{LOG, SERVICE, add, garbage, topology},
};
use messaging::{
    Broker, Gate, Role, SplitMix,
    broker::{Outcome, Publisher, Session, amqp::AmqpBroker, memory::MemoryBroker},
    stream::{Entry, Follower, FollowerSettings},
};
use std::sync::Arc;
use uuid::Uuid;

type Following<B> = Follower<B, RuntimeClock>;

fn follow<B: Broker>(broker: B, from: u64) -> Following<B> {
    let settings = FollowerSettings {
        stream: LOG.to_owned(),
        topology: Arc::new(topology()),
        prefetch: 10,
        gate: Gate::unwatched(),
    };
    let entropy = Arc::new(SplitMix::from_seed(1));
    Follower::new(broker, RuntimeClock::new(), entropy, settings, from)
}

async fn take<B: Broker>(follower: &mut Following<B>, count: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        let patience = std::time::Duration::from_secs(30);
        entries.extend(
            tokio::time::timeout(patience, follower.next())
                .await
                .expect("entries in time"),
        );
    }
    entries
}

/// Ten messages, one of them garbage.
async fn publish(broker: &impl Broker) {
    let session = broker.connect(Role::Publish).await.expect("connected");
    session.declare(&topology()).await.expect("declared");
    let mut publisher = session.publisher().await.expect("confirms on");
    let mut window: Vec<_> = (0..10).map(|n| add(Uuid::from_u128(7), n, 1)).collect();
    window[4] = garbage(Uuid::from_u128(7), 4);
    window[5].message.id = None;
    assert_eq!(
        publisher.publish(&window).await,
        Ok(vec![Outcome::Confirmed; 10])
    );
}

async fn entries_come_once_and_in_order_across_cuts(broker: impl Broker, cut: impl AsyncFn()) {
    publish(&broker).await;
    let mut follower = follow(broker.clone(), 0);
    let first = take(&mut follower, 10).await;
    cut().await;
    publish(&broker).await;
    let second = take(&mut follower, 10).await;
    let offsets: Vec<_> = first
        .iter()
        .chain(&second)
        .map(|entry| entry.offset)
        .collect();
    assert_eq!(offsets, (0..20).collect::<Vec<_>>());
    assert!(
        first[4].content.is_ok(),
        "an envelope; its body is for whoever parses it"
    );
    assert!(first[5].content.is_err());

    follower.seek(13);
    assert_eq!(take(&mut follower, 7).await[0].offset, 13);
    let mut later = follow(broker, 18);
    assert_eq!(take(&mut later, 2).await[0].offset, 18);
}

#[tokio::test(start_paused = true)]
async fn in_memory() {
    let broker = MemoryBroker::new();
    let cut = broker.clone();
    entries_come_once_and_in_order_across_cuts(broker, async || cut.disconnect(None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_amqp() {
    let vhost = Vhost::create().await;
    let (middleman, url) = crate::middleman::Middleman::before(&vhost.amqp_url().await).await;
    let broker = AmqpBroker::new(&url, SERVICE, "tally-1").expect("a valid address");
    entries_come_once_and_in_order_across_cuts(broker, async || middleman.cut()).await;
}
