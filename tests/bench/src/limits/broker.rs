//! Persistent messages, published with confirms and consumed with acknowledgements, through the queues that the
//! services use: quorum queues, and the stream beside them.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{StreamExt, TryStreamExt};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, PublisherConfirm};
use messaging::broker::amqp::{AmqpBroker, AmqpSession};
use messaging::broker::{Broker, Role, Session};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use topology::SUBSCRIPTIONS;
use uuid::Uuid;

use super::messages::{self, Route};
use crate::run::{BenchError, say};
use crate::system::generator::Coordination;

/// An order's messages are 200 to 600 bytes with their headers.
const BODY_BYTES: usize = 500;
/// Two connections keep two schedulers of the broker busy; more of them were no faster.
const PUBLISHERS: usize = 2;
/// Unconfirmed messages a publisher: enough for the broker to sync the disk for hundreds of them at once.
const WINDOW: usize = 512;
/// As the services take them.
const PREFETCH: u16 = 512;
const PERSISTENT: u8 = 2;
/// What is in the queues when publishing ends is consumed in seconds; a broker that needs this long has stopped.
const REST: Duration = Duration::from_secs(120);

/// Each a second, through: published, confirmed, consumed and acknowledged.
#[derive(Clone, Copy, Debug)]
pub struct BrokerLimits {
    /// Messages through one quorum queue.
    pub queue: f64,
    /// Messages through one quorum queue, each in the stream as well.
    pub queue_and_stream: f64,
    /// Orders, as the messages they are made of.
    pub choreographed: f64,
    pub orchestrated: f64,
}

pub async fn measure(amqp_url: &str, length: Duration) -> Result<BrokerLimits, BenchError> {
    let broker = AmqpBroker::new(amqp_url, "bench", "limits").map_err(failed)?;
    let session = broker.connect(Role::Publish).await.map_err(failed)?;
    session
        .declare(&messages::topology())
        .await
        .map_err(failed)?;
    let command = [messages::command("shipping")];
    let event = [messages::event("payment.held", Coordination::Choreography)];
    let [choreography, orchestration] = Coordination::BOTH.map(messages::of_an_order);
    let queue = through(&broker, &command, length).await?;
    say(&format!("one quorum queue: {queue:.0} messages/s"));
    let queue_and_stream = through(&broker, &event, length).await?;
    say(&format!(
        "and into a stream: {queue_and_stream:.0} messages/s"
    ));
    let choreographed = through(&broker, &choreography, length).await?;
    let orchestrated = through(&broker, &orchestration, length).await?;
    let limits = BrokerLimits {
        queue,
        queue_and_stream,
        choreographed: choreographed / choreography.len() as f64,
        orchestrated: orchestrated / orchestration.len() as f64,
    };
    let (first, second) = (limits.choreographed, limits.orchestrated);
    say(&format!(
        "the messages of {first:.0} choreographed, {second:.0} orchestrated orders/s"
    ));
    Ok(limits)
}

fn failed(error: impl std::fmt::Display) -> BenchError {
    BenchError::Broker(error.to_string())
}

/// Publishes the routes over and over for `length`, consumes everything, and answers with messages a second.
async fn through(
    broker: &AmqpBroker,
    routes: &[Route],
    length: Duration,
) -> Result<f64, BenchError> {
    let acked = Arc::new(watch::Sender::new(0_u64));
    let consuming = broker.connect(Role::Consume).await.map_err(failed)?;
    // Dropped, and with it every consumer, when this returns.
    let mut consumers = JoinSet::new();
    for subscription in &SUBSCRIPTIONS {
        let channel = consuming.channel().await.map_err(failed)?;
        consumers.spawn(consume(channel, subscription.queue, Arc::clone(&acked)));
    }
    let started = Instant::now();
    let mut publishers = JoinSet::new();
    for _ in 0..PUBLISHERS {
        let session = broker.connect(Role::Publish).await.map_err(failed)?;
        publishers.spawn(publish(session, routes.to_vec(), started + length));
    }
    let (mut published, mut heard) = (0, 0);
    while let Some(ended) = publishers.join_next().await {
        let (messages, deliveries) = ended.map_err(failed)?.map_err(failed)?;
        published += messages;
        heard += deliveries;
    }
    let rest = async {
        let mut all = acked.subscribe();
        tokio::select! {
            _ = all.wait_for(|acked| *acked >= heard) => Ok(()),
            Some(ended) = consumers.join_next() => {
                ended.map_err(failed)?.map_err(failed)?;
                Err(failed("a consumer ended before its time"))
            }
        }
    };
    timeout(REST, rest)
        .await
        .map_err(|_| failed("what was published was not consumed"))??;
    Ok(published as f64 / started.elapsed().as_secs_f64())
}

/// Messages, and the deliveries that they become.
async fn publish(
    session: AmqpSession,
    routes: Vec<Route>,
    until: Instant,
) -> Result<(u64, u64), lapin::Error> {
    let channel = session.channel().await.map_err(lost)?;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    let body = vec![b'x'; BODY_BYTES];
    let mut unconfirmed = FuturesUnordered::new();
    let (mut messages, mut deliveries) = (0, 0);
    while Instant::now() < until {
        // Whole orders only: the last one is finished.
        for route in &routes {
            if unconfirmed.len() == WINDOW {
                unconfirmed.try_next().await?;
            }
            unconfirmed.push(send(&channel, route, &body).await?);
            messages += 1;
            deliveries += route.heard_by as u64;
        }
    }
    while unconfirmed.try_next().await?.is_some() {}
    Ok((messages, deliveries))
}

async fn send(
    channel: &Channel,
    route: &Route,
    body: &[u8],
) -> Result<PublisherConfirm, lapin::Error> {
    let properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_message_id(Uuid::new_v4().to_string().into());
    let options = BasicPublishOptions {
        mandatory: true,
        immediate: false,
    };
    let (exchange, key) = (route.exchange.into(), route.routing_key.as_str().into());
    channel
        .basic_publish(exchange, key, options, body, properties)
        .await
}

async fn consume(
    channel: Channel,
    queue: &'static str,
    acked: Arc<watch::Sender<u64>>,
) -> Result<(), lapin::Error> {
    channel
        .basic_qos(PREFETCH, BasicQosOptions::default())
        .await?;
    let options = BasicConsumeOptions::default();
    let deliveries = channel
        .basic_consume(queue.into(), "bench".into(), options, FieldTable::default())
        .await?;
    let mut ready = deliveries.ready_chunks(usize::from(PREFETCH));
    while let Some(batch) = ready.next().await {
        let size = batch.len() as u64;
        if let Some(last) = batch.into_iter().next_back() {
            last?.acker.ack(BasicAckOptions { multiple: true }).await?;
            acked.send_modify(|acked| *acked += size);
        }
    }
    Ok(())
}

fn lost(error: messaging::broker::BrokerError) -> lapin::Error {
    std::io::Error::other(error.to_string()).into()
}
