//! A queue that takes no more: publishes are nacked.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::spelled;
use crate::agent::claims::Claim;
use crate::agent::management::VHOST;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<LengthLimit>(
    "broker/length-limit",
    "a policy limits a queue's length; what would exceed it is refused with a nack",
    &[Capability::Broker],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LengthLimit {
    queue: String,
    /// Messages that may wait
    #[schemars(range(min = 1))]
    max_length: u32,
}

/// Ours are known by it.
const PREFIX: &str = "chaos-";

#[derive(Deserialize)]
struct Policy {
    name: String,
}

#[derive(Deserialize)]
struct Queue {
    name: String,
    /// Of all policies together. An empty one is told as a list.
    #[serde(default)]
    effective_policy_definition: serde_json::Value,
}

impl Queue {
    fn max_length(&self) -> Option<u64> {
        self.effective_policy_definition["max-length"].as_u64()
    }
}

impl Fault for LengthLimit {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let claim = site.claims.claim(&order.fault, &self.queue)?;
            let queue = format!("/queues/{VHOST}/{}", spelled(&self.queue));
            let found: Queue = broker.get(&queue).await?;
            let path = format!("/policies/{VHOST}/{PREFIX}{}", spelled(&self.queue));
            let policy = json!({
                "pattern": format!("^{}$", self.queue.replace('.', "\\.")),
                "apply-to": "queues",
                "definition": { "max-length": self.max_length, "overflow": "reject-publish" },
                // Above whatever an operator has.
                "priority": 1_000,
            });
            let receipt = Receipt {
                what: order.fault.clone(),
                name: self.queue.clone(),
                at_ms: clock::now_ms(),
                queue: Some(found.name),
                ..Receipt::default()
            };
            let limited = async {
                broker.put(&path, &policy).await?;
                let is_limited = |now: &Queue| now.max_length() == Some(self.max_length.into());
                broker.shows(&queue, is_limited).await
            };
            let limited = limited.await;
            let hold = Limited {
                path,
                _claim: claim,
            };
            Ok(Injected::tried(limited.map(|()| vec![receipt]), hold))
        })
    }
}

struct Limited {
    path: String,
    _claim: Claim,
}

impl Hold for Limited {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(async move { site.broker()?.delete(&self.path).await.map(drop) })
    }
}

pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    let broker = site.broker()?;
    let all: Vec<Policy> = broker.get(&format!("/policies/{VHOST}")).await?;
    for policy in all.iter().filter(|one| one.name.starts_with(PREFIX)) {
        let path = format!("/policies/{VHOST}/{}", spelled(&policy.name));
        broker.delete(&path).await?;
    }
    Ok(())
}
