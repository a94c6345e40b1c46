//! What a busy service does: publishes with confirms, consumes with acknowledgements.

use crate::PATIENCE;
use futures::StreamExt;
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, PublisherConfirm,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
        ConfirmSelectOptions, QueueDeclareOptions,
    },
    types::FieldTable,
};
use std::{
    collections::VecDeque,
    fmt::Display,
    future::Future,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

#[derive(Clone, Debug, clap::Args)]
pub struct Load {
    /// Seconds of each run
    #[arg(long, default_value_t = 1.5)]
    pub seconds: f64,
    /// Connections, each with a queue of its own
    #[arg(long, default_value_t = 4)]
    pub connections: usize,
    /// Messages under way on each connection
    #[arg(long, default_value_t = 200)]
    pub window: usize,
    /// Of each body
    #[arg(long, default_value_t = 256)]
    pub octets: usize,
}

/// One load through one way.
#[derive(Debug, Default)]
pub struct Run {
    /// That went all the way: published, confirmed, consumed, acknowledged.
    pub messages: u64,
    pub took: Duration,
    /// Processor time of the way's own process.
    pub way_took: Duration,
    /// The same of load, broker and way together.
    pub all_took: Duration,
    pub errors: Vec<String>,
}

impl Run {
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.took.as_secs_f64()
    }
}

pub async fn run(url: &str, load: &Load) -> Run {
    let mut run = Run::default();
    let mut connections = JoinSet::new();
    for _ in 0..load.connections {
        let (url, load) = (url.to_owned(), load.clone());
        connections.spawn(async move { busy(&url, &load).await });
    }
    while let Some(ended) = connections.join_next().await {
        match ended.unwrap_or_else(|panic| Err(panic.to_string())) {
            Ok((messages, took)) => {
                run.messages += messages;
                run.took = run.took.max(took);
            }
            Err(error) => run.errors.push(error),
        }
    }
    run
}

/// One connection's messages, and how long they took.
async fn busy(url: &str, load: &Load) -> Result<(u64, Duration), String> {
    let connecting = Connection::connect(url, ConnectionProperties::default());
    let connection = soon("connect", connecting).await?;
    let publisher = soon("a channel", connection.create_channel()).await?;
    let selecting = publisher.confirm_select(ConfirmSelectOptions::default());
    soon("confirms", selecting).await?;
    let consumer = soon("a channel", connection.create_channel()).await?;
    let queue = declare(&consumer).await?;

    let began = Instant::now();
    let until = began + Duration::from_secs_f64(load.seconds);
    // A message takes a place when it is published, and leaves it when it is acknowledged.
    let places = Semaphore::new(load.window);
    let (published, consumed) = tokio::try_join!(
        publish(&publisher, &queue, load, &places, until),
        consume(&consumer, &queue, load, &places),
    )?;
    let took = began.elapsed();
    soon("close", connection.close(200, "done".into())).await?;
    match published == consumed {
        true => Ok((published, took)),
        false => Err(format!("published {published}, consumed {consumed}")),
    }
}

pub async fn declare(channel: &Channel) -> Result<String, String> {
    let exclusive = QueueDeclareOptions {
        exclusive: true,
        ..QueueDeclareOptions::default()
    };
    let declaring = channel.queue_declare("".into(), exclusive, FieldTable::default());
    Ok(soon("a queue", declaring).await?.name().to_string())
}

/// The last message is the one without a body.
async fn publish(
    channel: &Channel,
    queue: &str,
    load: &Load,
    places: &Semaphore,
    until: Instant,
) -> Result<u64, String> {
    let body = vec![b'.'; load.octets.max(1)];
    let mut unconfirmed = VecDeque::new();
    let mut published = 0;
    loop {
        soon("a place", places.acquire()).await?.forget();
        let is_last = Instant::now() >= until;
        let body = if is_last { &[] } else { &body[..] };
        unconfirmed.push_back(publish_one(channel, queue, body).await?);
        published += 1;
        while unconfirmed.len() > if is_last { 0 } else { load.window } {
            let Some(confirm) = unconfirmed.pop_front() else {
                break;
            };
            confirmed(confirm).await?;
        }
        if is_last {
            return Ok(published);
        }
    }
}

pub async fn publish_one(
    channel: &Channel,
    queue: &str,
    body: &[u8],
) -> Result<PublisherConfirm, String> {
    let mandatory = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let properties = BasicProperties::default();
    let publishing = channel.basic_publish("".into(), queue.into(), mandatory, body, properties);
    soon("publish", publishing).await
}

pub async fn confirmed(confirm: PublisherConfirm) -> Result<(), String> {
    match soon("a confirm", confirm).await? {
        Confirmation::Ack(None) => Ok(()),
        other => Err(format!("confirmed as {other:?}")),
    }
}

async fn consume(
    channel: &Channel,
    queue: &str,
    load: &Load,
    places: &Semaphore,
) -> Result<u64, String> {
    let prefetch = u16::try_from(load.window).unwrap_or(u16::MAX);
    let asking = channel.basic_qos(prefetch, BasicQosOptions::default());
    soon("a prefetch", asking).await?;
    let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
    let consuming = channel.basic_consume(queue.into(), "".into(), options, arguments);
    let mut consumer = soon("a consumer", consuming).await?;
    for consumed in 1.. {
        let next = timeout(PATIENCE, consumer.next());
        let delivery = (next.await)
            .map_err(|_| "no delivery")?
            .ok_or("the consumer ended")?
            .map_err(|error| error.to_string())?;
        if delivery.redelivered {
            return Err("a delivery came twice".into());
        }
        soon("acknowledge", delivery.ack(BasicAckOptions::default())).await?;
        places.add_permits(1);
        if delivery.data.is_empty() {
            return Ok(consumed);
        }
    }
    Err("there is no end of numbers".into())
}

pub async fn soon<T, E: Display>(
    what: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    let answer = timeout(PATIENCE, work).await;
    let answer = answer.map_err(|_| format!("{what}: nothing for {PATIENCE:?}"))?;
    answer.map_err(|error| format!("{what}: {error}"))
}
