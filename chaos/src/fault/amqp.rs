//! Single messages, their confirms and their deliveries, and what a broker may say. The proxies on the links to the
//! broker do the work, and know the faults: see `amqp-proxy`.

use std::borrow::Cow;
use std::time::Duration;

use amqp_proxy::{Lease, Probability, Rule, Selector};
use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::link::chosen;
use super::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::agent::site::Site;
use crate::experiment::Span;
use crate::experiment::subject::Dependency;

/// `amqp/` and the proxy's own name for it.
const PREFIX: &str = "amqp/";

pub fn kinds() -> Vec<Kind> {
    let all = amqp_proxy::Fault::all(Duration::ZERO);
    let kind = |fault: amqp_proxy::Fault| Kind {
        name: Cow::Owned(format!("{PREFIX}{}", fault.label())),
        meaning: Cow::Borrowed(meaning(fault.label())),
        needs: &[Capability::Links],
        lasts: true,
        is_aimed: true,
        schema: |generator| generator.subschema_for::<Which>(),
        read,
    };
    all.into_iter().map(kind).collect()
}

/// What each does, beside its name.
fn meaning(label: &str) -> &'static str {
    match label {
        "publish/drop/acked" => {
            "the broker never sees it, and the publisher is told that it has it"
        }
        "publish/drop/nacked" => "the broker never sees it, and the publisher is told so",
        "publish/drop/unconfirmed" => "the broker never sees it, and the publisher hears nothing",
        "publish/delay" => "it reaches the broker later; the rest of its channel waits behind it",
        "publish/duplicate" => "the broker gets it twice",
        "publish/return" => "a mandatory one comes back as unroutable, and is then acked",
        "publish/hold" => "it waits until the fault ends",
        "publish/reorder" => "the next one of its channel overtakes it",
        "publish/mutate" => "one bit of its body is flipped",
        "confirm/drop" => "the broker has the message, and its confirm never arrives",
        "confirm/delay" => "the confirm arrives later",
        "confirm/nack" => "the broker has the message, and the publisher is told that it has not",
        "delivery/drop/unacked" => {
            "the consumer never sees it; the broker waits for its acknowledgement"
        }
        "delivery/drop/requeued" => "the consumer never sees it; it is back in the queue",
        "delivery/drop/rejected" => "the consumer never sees it; it is rejected in its name",
        "delivery/delay" => {
            "it reaches the consumer later; the rest of its channel waits behind it"
        }
        "delivery/duplicate" => "the consumer gets it twice, neither marked as redelivered",
        "delivery/hold" => "it waits until the fault ends",
        "delivery/reorder" => "the next one of its channel overtakes it",
        "delivery/mutate" => "one bit of its body is flipped",
        "broker/cancel-consumer" => "the broker cancels the consumer",
        "broker/close-channel/404" => "the broker closes the channel: not found",
        "broker/close-channel/406" => "the broker closes the channel: precondition failed",
        "broker/close-connection" => "the broker closes the connection: forced, 320",
        "broker/blocked" => "the broker takes no more from this connection",
        _ => "",
    }
}

/// Which messages. All that is given must fit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Which {
    /// "" is the default exchange
    exchange: Option<String>,
    /// A topic pattern: `*` is one word, `#` any number of them
    routing_key: Option<String>,
    /// Of deliveries
    queue: Option<String>,
    message_id: Option<String>,
    /// The name that a client gave its connection
    connection: Option<String>,
    /// The tag of a consumer
    consumer: Option<String>,
    header: Option<Header>,
    /// The n-th that fits, on each link
    #[schemars(range(min = 1))]
    nth: Option<u64>,
    /// A share of those that fit; which, the seed says
    #[schemars(range(min = 0.0, max = 1.0))]
    probability: Option<f64>,
    /// Of a fault that delays
    delay: Option<Span>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    name: String,
    value: String,
}

struct Amqp {
    fault: amqp_proxy::Fault,
    which: Selector,
}

/// A delay that says not how long.
const DELAY: Span = Span::seconds(1);

fn read(name: &str, with: Value) -> Result<Box<dyn Fault>, serde_json::Error> {
    use serde::de::Error as _;
    let which: Which = serde_json::from_value(with)?;
    let label = name.strip_prefix(PREFIX).unwrap_or(name);
    let delay = which.delay.unwrap_or(DELAY).0;
    let fault = amqp_proxy::Fault::named(label, delay)
        .ok_or_else(|| serde_json::Error::custom(format!("there is no fault `{name}`")))?;
    let probability = which.probability.map(Probability::new).transpose();
    let which = Selector {
        exchange: which.exchange,
        routing_key: which.routing_key,
        queue: which.queue,
        message_id: which.message_id,
        connection: which.connection,
        consumer: which.consumer,
        header: which.header.map(|header| (header.name, header.value)),
        nth: which.nth,
        probability: probability.map_err(serde_json::Error::custom)?,
    };
    Ok(Box::new(Amqp { fault, which }))
}

impl Fault for Amqp {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        let mut order = order.clone();
        order.of.link = Some(Dependency::Broker);
        Box::pin(async move {
            let links = chosen(site, &order)?;
            let leases = links.into_iter().filter_map(|link| {
                let rule = Rule {
                    name: link.rule_name(&order),
                    seed: order.seed,
                    which: self.which.clone(),
                    fault: self.fault,
                };
                Some(link.messages.as_ref()?.arm(rule, order.longest()))
            });
            Ok(Injected::held(Vec::new(), Armed(leases.collect())))
        })
    }
}

struct Armed(Vec<Lease>);

impl Hold for Armed {
    fn heal<'a>(&'a mut self, _: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        self.0.clear();
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_proxy_says_what_it_does() {
        let silent: Vec<_> = kinds()
            .into_iter()
            .filter(|kind| kind.meaning.is_empty())
            .collect();
        let silent: Vec<_> = silent.iter().map(|kind| &kind.name).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}
