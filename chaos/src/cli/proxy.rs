//! `chaos proxy`: the AMQP proxy alone, before any RabbitMQ.
//!
//! Receipts go to standard output, a line of JSON each; everything else to standard error.

use amqp_proxy::{Fault, Faults, Probability, Proxy, Receipt, Receipts, Rule, Selector, Settings};
use chaos::experiment::Span;
use clap::{Args, builder::PossibleValuesParser};
use serde_json::json;
use std::{
    net::SocketAddr,
    process::ExitCode,
    time::{Duration, UNIX_EPOCH},
};

use super::{Done, say};

/// For connecting to the broker, and for its first word.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Receipts that wait to be printed; with more the fault is not worked.
const RECEIPTS_MAX: usize = 10_000;

#[derive(Args)]
pub struct Asked {
    /// Where clients connect
    #[arg(long, default_value = "127.0.0.1:5673")]
    listen: SocketAddr,
    /// The broker, host:port
    #[arg(long, default_value = "127.0.0.1:5672")]
    upstream: String,
    /// What becomes of the messages chosen [default: nothing, the proxy only relays]
    #[arg(long, value_parser = PossibleValuesParser::new(labels()))]
    fault: Option<String>,
    /// Only of this exchange; "" is the default exchange
    #[arg(long, requires = "fault")]
    exchange: Option<String>,
    /// Only with a routing key that fits this topic pattern: `orders.#`
    #[arg(long, requires = "fault")]
    routing_key: Option<String>,
    /// Only deliveries from this queue
    #[arg(long, requires = "fault")]
    queue: Option<String>,
    /// Only this message
    #[arg(long, requires = "fault")]
    message_id: Option<String>,
    /// Only of the connection that its client gave this name
    #[arg(long, requires = "fault")]
    connection: Option<String>,
    /// Only deliveries to the consumer of this tag
    #[arg(long, requires = "fault")]
    consumer: Option<String>,
    /// Only with this header: name=value
    #[arg(long, requires = "fault", value_parser = header)]
    header: Option<(String, String)>,
    /// Only the n-th that fits
    #[arg(long, requires = "fault")]
    nth: Option<u64>,
    /// A share of those that fit, 0 to 1; which ones, the seed decides
    #[arg(long, requires = "fault", value_parser = probability)]
    probability: Option<Probability>,
    #[arg(long, env = "SEED", default_value_t = 1)]
    seed: u64,
    /// How long a delay delays: 4s, 500ms
    #[arg(long, value_parser = Span::parse, default_value = "1s")]
    delay: Span,
    /// How long the fault lasts; then the proxy only relays
    #[arg(long, value_parser = Span::parse, default_value = "60s")]
    lease: Span,
}

/// What every fault is called.
fn labels() -> Vec<&'static str> {
    let all = Fault::all(Duration::ZERO).into_iter();
    all.map(Fault::label).collect()
}

fn probability(text: &str) -> Result<Probability, String> {
    let share: f64 = text
        .parse()
        .map_err(|_| "needs a number from 0 to 1".to_owned())?;
    Probability::new(share).map_err(|error| error.to_string())
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("needs a name and a value: customer=7")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Asked {
    fn rule(&self) -> Option<Rule> {
        let name = self.fault.clone()?;
        let fault = Fault::named(&name, self.delay.0)?;
        Some(Rule {
            name,
            seed: self.seed,
            which: Selector {
                exchange: self.exchange.clone(),
                routing_key: self.routing_key.clone(),
                queue: self.queue.clone(),
                message_id: self.message_id.clone(),
                connection: self.connection.clone(),
                consumer: self.consumer.clone(),
                header: self.header.clone(),
                nth: self.nth,
                probability: self.probability,
            },
            fault,
        })
    }
}

/// Until `stop`.
pub async fn run(asked: Asked, stop: impl Future<Output = ()>) -> Done {
    let (receipts, mut left) = Receipts::channel(RECEIPTS_MAX);
    let faults = Faults::new(receipts);
    let settings = Settings {
        listen: asked.listen,
        upstream: asked.upstream.clone(),
        connect_within: CONNECT_WITHIN,
    };
    let proxy = Proxy::start(settings, faults.clone()).await?;
    eprintln!("chaos: {} -> {}", proxy.address(), asked.upstream);
    // Held: the rule ends with its lease, which nobody renews.
    let lease = asked.rule().map(|rule| {
        eprintln!("chaos: {} for {}", rule.name, asked.lease);
        faults.arm(rule, asked.lease.0)
    });
    let over = async {
        match lease {
            Some(_) => tokio::time::sleep(asked.lease.0).await,
            None => std::future::pending().await,
        }
    };
    let (mut stop, mut over) = (std::pin::pin!(stop), std::pin::pin!(over));
    let mut is_over = false;
    loop {
        tokio::select! {
            () = &mut stop => break,
            () = &mut over, if !is_over => {
                is_over = true;
                eprintln!("chaos: the fault is over, the proxy only relays");
            }
            Some(receipt) = left.recv() => say(format_args!("{}", line(&receipt))),
        }
    }
    if faults.unrecorded() > 0 {
        let n = faults.unrecorded();
        eprintln!("chaos: {n} messages passed untouched, for their receipts had no place");
    }
    Ok(ExitCode::SUCCESS)
}

fn line(receipt: &Receipt) -> serde_json::Value {
    let at = receipt.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    json!({
        "at_ms": at.as_millis() as u64,
        "fault": receipt.what,
        "message_id": receipt.message_id,
        "exchange": receipt.exchange,
        "routing_key": receipt.routing_key,
        "queue": receipt.queue,
        "channel": receipt.channel,
        "connection": receipt.connection,
        "trace_id": receipt.trace_id,
    })
}
