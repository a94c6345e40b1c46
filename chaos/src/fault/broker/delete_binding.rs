//! A queue hears less than it should, and nobody says so.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::spelled;
use crate::agent::management::VHOST;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::momentary::<DeleteBinding>(
    "broker/delete-binding",
    "bindings of a queue to an exchange are deleted: what is published then does not reach it",
    &[Capability::Broker],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeleteBinding {
    queue: String,
    exchange: String,
    /// Only the one with this key
    routing_key: Option<String>,
}

#[derive(Deserialize)]
struct Binding {
    routing_key: String,
    properties_key: String,
}

impl Fault for DeleteBinding {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let (exchange, queue) = (spelled(&self.exchange), spelled(&self.queue));
            let path = format!("/bindings/{VHOST}/e/{exchange}/q/{queue}");
            let all: Vec<Binding> = broker.get(&path).await?;
            let is_meant = |one: &&Binding| {
                let wanted = self.routing_key.as_ref();
                wanted.is_none_or(|key| *key == one.routing_key)
            };
            let mut receipts = Vec::new();
            for one in all.iter().filter(is_meant) {
                let at_ms = clock::now_ms();
                if broker
                    .delete(&format!("{path}/{}", spelled(&one.properties_key)))
                    .await?
                {
                    receipts.push(Receipt {
                        what: order.fault.clone(),
                        name: self.queue.clone(),
                        at_ms,
                        exchange: Some(self.exchange.clone()),
                        routing_key: Some(one.routing_key.clone()),
                        queue: Some(self.queue.clone()),
                        ..Receipt::default()
                    });
                }
            }
            Injected::over_some(receipts, || FaultError::Refused {
                what: order.fault.clone(),
                why: format!("{} is not bound to {} so", self.queue, self.exchange),
            })
        })
    }
}
