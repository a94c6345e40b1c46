//! A queue is gone, and what waited in it.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::declared::{Declared, Remembered};
use super::spelled;
use crate::agent::management::VHOST;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<DeleteQueue>(
    "broker/delete-queue",
    "a queue is deleted with its bindings and messages: what waited in it is lost; a consumer may declare it again, the end of the fault does",
    &[Capability::Broker],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteQueue {
    queue: String,
}

impl Fault for DeleteQueue {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let declared = Declared::of(broker, &self.queue).await?;
            let held = Remembered::keep(broker, order, declared).await?;
            let receipt = Receipt {
                what: order.fault.clone(),
                name: self.queue.clone(),
                at_ms: clock::now_ms(),
                queue: Some(self.queue.clone()),
                ..Receipt::default()
            };
            let path = format!("/queues/{VHOST}/{}", spelled(&self.queue));
            let gone = || FaultError::Refused {
                what: order.fault.clone(),
                why: format!("{} was gone already", self.queue),
            };
            match broker.delete(&path).await {
                Ok(true) => held.hold(site, vec![receipt], None).await,
                Ok(false) => held.hold(site, Vec::new(), Some(gone())).await,
                Err(error) => held.hold(site, Vec::new(), Some(error)).await,
            }
        })
    }
}
