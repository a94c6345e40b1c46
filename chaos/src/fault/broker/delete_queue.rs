//! A queue is gone, and what waited in it.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::spelled;
use crate::agent::management::VHOST;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::momentary::<DeleteQueue>(
    "broker/delete-queue",
    "a queue is deleted with its bindings and messages: what waited in it is lost",
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
            let at_ms = clock::now_ms();
            let path = format!("/queues/{VHOST}/{}", spelled(&self.queue));
            let was_there = site.broker()?.delete(&path).await?;
            let receipt = Receipt {
                what: order.fault.clone(),
                name: self.queue.clone(),
                at_ms,
                queue: Some(self.queue.clone()),
                ..Receipt::default()
            };
            match was_there {
                true => Ok(Injected::over(vec![receipt])),
                false => Err(FaultError::Refused {
                    what: order.fault.clone(),
                    why: format!("there is no queue {}", self.queue),
                }),
            }
        })
    }
}
