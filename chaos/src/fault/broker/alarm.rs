//! The broker has no memory or no disk left: it blocks whoever publishes.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::agent::claims::Claim;
use crate::agent::management::Management;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<Alarm>(
    "broker/alarm",
    "a memory or disk alarm: connections that publish are blocked",
    &[Capability::Broker],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    resource: Resource,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    Memory,
    Disk,
}

impl Resource {
    const ALL: [Self; 2] = [Self::Memory, Self::Disk];

    /// What no broker can satisfy.
    fn raise(self) -> &'static [&'static str] {
        match self {
            Self::Memory => &["set_vm_memory_high_watermark", "absolute", "1"],
            Self::Disk => &["set_disk_free_limit", "1000TB"],
        }
    }

    /// What every broker satisfies that is not in real need.
    fn lower(self) -> &'static [&'static str] {
        match self {
            Self::Memory => &["set_vm_memory_high_watermark", "absolute", "1GiB"],
            Self::Disk => &["set_disk_free_limit", "256MB"],
        }
    }
}

#[derive(Deserialize)]
struct Node {
    mem_alarm: bool,
    disk_free_alarm: bool,
}

impl Node {
    fn has_alarm(&self, resource: Resource) -> bool {
        match resource {
            Resource::Memory => self.mem_alarm,
            Resource::Disk => self.disk_free_alarm,
        }
    }
}

const NODES: &str = "/nodes?columns=mem_alarm,disk_free_alarm";

impl Fault for Alarm {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let name = format!("{:?}", self.resource).to_lowercase();
            let claim = site.claims.claim(&order.fault, &name)?;
            let at_ms = clock::now_ms();
            let raised = raise(site.broker()?, self.resource).await;
            let receipt = Receipt {
                what: order.fault.clone(),
                name,
                at_ms,
                ..Receipt::default()
            };
            let raised = raised.map(|()| vec![receipt]);
            let hold = Raised {
                resource: self.resource,
                _claim: claim,
            };
            Ok(Injected::tried(raised, hold))
        })
    }
}

async fn raise(broker: &Management, resource: Resource) -> Result<(), FaultError> {
    broker.ctl(resource.raise()).await?;
    let is_raised = |all: &Vec<Node>| all.iter().any(|node| node.has_alarm(resource));
    broker.shows(NODES, is_raised).await
}

struct Raised {
    resource: Resource,
    _claim: Claim,
}

impl Hold for Raised {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(async move { site.broker()?.ctl(self.resource.lower()).await })
    }
}

/// A second Erlang VM is only started if there is an alarm to be ended.
pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    let broker = site.broker()?;
    let nodes: Vec<Node> = broker.get(NODES).await?;
    let has_alarm = |node: &Node| Resource::ALL.iter().any(|it| node.has_alarm(*it));
    if nodes.iter().any(has_alarm) {
        for resource in Resource::ALL {
            broker.ctl(resource.lower()).await?;
        }
    }
    Ok(())
}
