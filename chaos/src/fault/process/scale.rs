//! More or fewer instances, for a while.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::agent::claims::Claim;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<Scale>(
    "process/scale",
    "a service has another number of instances; afterwards as many as before",
    &[Capability::Process, Capability::Scale],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// As many instances; those beyond are asked to leave
    #[schemars(range(min = 0, max = 16))]
    instances: u64,
}

impl Fault for Scale {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let wrong = || FaultError::Wrong("process/scale needs `of: {service: …}`".into());
            let service = order.of.service.clone().ok_or_else(wrong)?;
            let claim = site.claims.claim(&order.fault, &service)?;
            let all = site.control.processes().await?;
            let services = || all.iter().filter(|one| one.is_service());
            let before = services().filter(|one| one.service == service).count() as u64;
            // Nobody would take an order to scale a server back either.
            if before == 0 {
                let there: Vec<&str> = services().map(|one| one.service.as_str()).collect();
                return Err(FaultError::Nobody {
                    wanted: service,
                    there: there.join(", "),
                });
            }
            let at_ms = clock::now_ms();
            let scaled = self.scale(site, &service).await;
            let receipt = Receipt {
                what: order.fault.clone(),
                name: format!("{service}: {before} -> {}", self.instances),
                service: service.clone(),
                at_ms,
                ..Receipt::default()
            };
            let scaled = scaled.map(|()| vec![receipt]);
            let hold = Scaled {
                service,
                before,
                _claim: claim,
            };
            Ok(Injected::tried(scaled, hold))
        })
    }
}

impl Scale {
    async fn scale(&self, site: &Site, service: &str) -> Result<(), FaultError> {
        site.control.scale(service, self.instances).await?;
        site.control.shows(service, self.instances).await
    }
}

struct Scaled {
    service: String,
    before: u64,
    _claim: Claim,
}

impl Hold for Scaled {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(async move { site.control.scale(&self.service, self.before).await })
    }
}
