//! SIGSTOP: it does nothing, holds everything, and wakes up as if no time had passed.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{signal, victims};
use crate::agent::claims::Claim;
use crate::agent::control::{Action, Process};
use crate::agent::site::Site;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};

pub const KIND: Kind = Kind::lasting::<Pause>(
    "process/pause",
    "SIGSTOP: it holds its connections, locks and leases, and does nothing",
    &[Capability::Process],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {}

impl Fault for Pause {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let victims = victims(site, order).await?;
            let claims = victims
                .iter()
                .map(|victim| site.claims.claim(&order.fault, &victim.name))
                .collect::<Result<_, _>>()?;
            let paused = signal(&site.control, order, &victims, Action::Pause).await;
            let hold = Paused {
                victims,
                _claims: claims,
            };
            Ok(Injected::tried(paused, hold))
        })
    }
}

struct Paused {
    victims: Vec<Process>,
    _claims: Vec<Claim>,
}

impl Hold for Paused {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(async move {
            while let Some(victim) = self.victims.last() {
                match site.control.act(&victim.name, Action::Resume).await {
                    Ok(_) => {}
                    // One that was killed meanwhile, or scaled away, is not paused any more.
                    Err(FaultError::Refused { .. }) if !is_paused(site, victim).await? => {}
                    Err(error) => return Err(error),
                }
                self.victims.pop();
            }
            Ok(())
        })
    }
}

async fn is_paused(site: &Site, victim: &Process) -> Result<bool, FaultError> {
    let all = site.control.processes().await?;
    Ok(all
        .iter()
        .any(|one| one.name == victim.name && one.is_paused()))
}

/// After an agent that died: everything that is paused goes on.
pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    let all = site.control.processes().await?;
    let mut paused = Paused {
        victims: all.into_iter().filter(Process::is_paused).collect(),
        _claims: Vec::new(),
    };
    paused.heal(site).await
}
