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
);

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

impl Fault for LengthLimit {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let claim = site.claims.claim(&order.fault, &self.queue)?;
            let queue: serde_json::Value = broker
                .get(&format!("/queues/{VHOST}/{}", spelled(&self.queue)))
                .await?;
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
                queue: queue["name"].as_str().map(str::to_owned),
                ..Receipt::default()
            };
            let limited = broker.put(&path, &policy).await;
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
