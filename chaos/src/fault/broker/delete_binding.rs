//! A queue hears less than it should, and nobody says so.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::declared::{Binding, Declared, Remembered};
use super::spelled;
use crate::agent::management::VHOST;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<DeleteBinding>(
    "broker/delete-binding",
    "bindings of a queue to an exchange are gone for a while: what is published then does not reach it",
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

impl Fault for DeleteBinding {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let mut declared = Declared::of(broker, &self.queue).await?;
            declared.bindings.retain(|one| self.is_meant(one));
            let meant = declared.bindings.clone();
            let held = Remembered::keep(broker, order, declared).await?;
            let mut receipts = Vec::new();
            for one in &meant {
                let at_ms = clock::now_ms();
                match broker.delete(&self.path(one)).await {
                    Ok(true) => receipts.push(self.receipt(order, one, at_ms)),
                    Ok(false) => {}
                    Err(error) => return held.hold(site, receipts, Some(error)).await,
                }
            }
            let nothing = receipts.is_empty().then(|| FaultError::Refused {
                what: order.fault.clone(),
                why: format!("{} is not bound to {} so", self.queue, self.exchange),
            });
            held.hold(site, receipts, nothing).await
        })
    }
}

impl DeleteBinding {
    fn is_meant(&self, one: &Binding) -> bool {
        let wanted = self.routing_key.as_ref();
        one.source == self.exchange && wanted.is_none_or(|key| *key == one.routing_key)
    }

    fn path(&self, one: &Binding) -> String {
        let (exchange, queue) = (spelled(&self.exchange), spelled(&self.queue));
        let key = spelled(&one.properties_key);
        format!("/bindings/{VHOST}/e/{exchange}/q/{queue}/{key}")
    }

    fn receipt(&self, order: &Order, one: &Binding, at_ms: u64) -> Receipt {
        Receipt {
            what: order.fault.clone(),
            name: self.queue.clone(),
            at_ms,
            exchange: Some(self.exchange.clone()),
            routing_key: Some(one.routing_key.clone()),
            queue: Some(self.queue.clone()),
            ..Receipt::default()
        }
    }
}
