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
use super::{Capability, Fault, FaultError, Hold, Injected, Kind, Order, schema};
use crate::agent::site::Site;
use crate::experiment::Span;
use crate::experiment::subject::Dependency;

/// `amqp/` and the proxy's own name for it.
const PREFIX: &str = "amqp/";

pub fn kinds() -> Vec<Kind> {
    let all = amqp_proxy::Fault::all(Duration::ZERO);
    let kind = |fault: amqp_proxy::Fault| Kind {
        name: Cow::Owned(format!("{PREFIX}{}", fault.label())),
        meaning: Cow::Borrowed(fault.meaning()),
        needs: &[Capability::Links],
        lasts: true,
        schema: schema::<Which>,
        read,
    };
    all.into_iter().map(kind).collect()
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
