//! Octets between an instance and what it leans on. The proxies on the links do the work; see `link-proxy`.

pub mod answer_error;
pub mod bandwidth;
pub mod blackhole;
pub mod corrupt;
pub mod half_open;
pub mod latency;
pub mod refuse;
pub mod reset;
pub mod slow_close;

use futures::future::BoxFuture;
use link_proxy::{Lease, Rule};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Fault, FaultError, Hold, Injected, Order};
use crate::agent::links::Link;
use crate::agent::site::Site;
use crate::experiment::subject::Dependency;

/// What is done to a link, as its proxy knows it.
pub(crate) trait LinkFault: Send + Sync {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError>;

    /// The one dependency that it can be worked on.
    fn only(&self) -> Option<Dependency> {
        None
    }

    /// Whether links to this dependency speak what it needs.
    fn takes(&self, _: Dependency) -> bool {
        true
    }
}

/// Which way the octets go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// From the service to what it leans on
    Out,
    /// Back to the service
    In,
    #[default]
    Both,
}

impl From<Way> for link_proxy::Way {
    fn from(way: Way) -> Self {
        match way {
            Way::Out => Self::ToUpstream,
            Way::In => Self::ToClient,
            Way::Both => Self::Both,
        }
    }
}

impl<F: LinkFault> Fault for F {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let fault = self.fault()?;
            let mut order = order.clone();
            order.of.link = self.only().or(order.of.link);
            let links = chosen(site, &order)?;
            if let Some(link) = links.iter().find(|link| !self.takes(link.to)) {
                let name = &link.name;
                return Err(FaultError::Wrong(format!(
                    "{} cannot be worked on {name}",
                    order.fault
                )));
            }
            let leases = links
                .into_iter()
                .map(|link| arm(link, &order, fault.clone()))
                .collect();
            Ok(Injected::held(Vec::new(), Armed { leases }))
        })
    }
}

/// The links that are hit: of so many instances, all that fit.
pub(crate) fn chosen<'a>(site: &'a Site, order: &Order) -> Result<Vec<&'a Link>, FaultError> {
    let fits = |link: &&Link| {
        order.of.fits(&link.instance, &link.service)
            && order.of.link.is_none_or(|wanted| wanted == link.to)
    };
    let fitting: Vec<&Link> = site.links.iter().filter(fits).collect();
    if fitting.is_empty() {
        let there: Vec<&str> = site.links.iter().map(|link| link.name.as_str()).collect();
        return Err(FaultError::Nobody {
            wanted: order.of.to_string(),
            there: there.join(", "),
        });
    }
    let mut instances: Vec<&str> = fitting.iter().map(|link| link.instance.as_str()).collect();
    instances.sort_unstable();
    instances.dedup();
    let radius = order.blast_radius;
    let hit = radius.choose(order.seed, &order.name, instances, |name| name);
    Ok(fitting
        .into_iter()
        .filter(|link| hit.contains(&link.instance.as_str()))
        .collect())
}

/// The agent ends it; this is only the latest end.
fn arm(link: &Link, order: &Order, fault: link_proxy::Fault) -> Lease {
    let rule = Rule {
        name: link.rule_name(order),
        seed: order.seed,
        fault,
    };
    link.octets.arm(rule, order.longest())
}

/// Its receipts come through the links.
struct Armed {
    leases: Vec<Lease>,
}

impl Hold for Armed {
    fn heal<'a>(&'a mut self, _: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        self.leases.clear();
        Box::pin(std::future::ready(Ok(())))
    }
}
