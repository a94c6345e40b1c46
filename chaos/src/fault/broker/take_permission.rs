//! A service may not do what it must.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::spelled;
use crate::agent::claims::Claim;
use crate::agent::management::{Management, VHOST};
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<TakePermission>(
    "broker/take-permission",
    "a service's user may not write, read or configure; channels that are open may go on for a while, so close its connections as well",
    &[Capability::Broker],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakePermission {
    take: Right,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    Configure,
    Write,
    Read,
}

/// As the management API has them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Permission {
    user: String,
    configure: String,
    write: String,
    read: String,
}

/// What a permission that was taken is remembered by: a global parameter of the broker's own, which outlives us.
const REMEMBERED: &str = "/global-parameters/chaos-permission-";

impl Fault for TakePermission {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let broker = site.broker()?;
            let wrong =
                || FaultError::Wrong("broker/take-permission needs `of: {service: …}`".into());
            let user = order.of.service.clone().ok_or_else(wrong)?;
            let claim = site.claims.claim(&order.fault, &user)?;
            let path = format!("/permissions/{VHOST}/{}", spelled(&user));
            let before: Permission = broker.get(&path).await?;
            let mut less = before.clone();
            match self.take {
                Right::Configure => less.configure = "^$".into(),
                Right::Write => less.write = "^$".into(),
                Right::Read => less.read = "^$".into(),
            }
            let receipt = Receipt {
                what: order.fault.clone(),
                name: format!("{:?}", self.take).to_lowercase(),
                service: user,
                at_ms: clock::now_ms(),
                ..Receipt::default()
            };
            let taken = take(broker, &path, &before, &less).await;
            let hold = Taken {
                before,
                _claim: claim,
            };
            Ok(Injected::tried(taken.map(|()| vec![receipt]), hold))
        })
    }
}

async fn take(
    broker: &Management,
    path: &str,
    before: &Permission,
    less: &Permission,
) -> Result<(), FaultError> {
    let remembered = format!("{REMEMBERED}{}", spelled(&before.user));
    broker.put(&remembered, &json!({ "value": before })).await?;
    broker.put(path, &json!(less)).await?;
    broker.shows(path, |now: &Permission| now == less).await
}

struct Taken {
    before: Permission,
    _claim: Claim,
}

impl Hold for Taken {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(give_back(site, &self.before))
    }
}

async fn give_back(site: &Site, before: &Permission) -> Result<(), FaultError> {
    let broker = site.broker()?;
    let user = &before.user;
    let path = format!("/permissions/{VHOST}/{}", spelled(user));
    broker.put(&path, &json!(before)).await?;
    broker
        .delete(&format!("{REMEMBERED}{}", spelled(user)))
        .await
        .map(drop)
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    value: serde_json::Value,
}

pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    let all: Vec<Parameter> = site.broker()?.get("/global-parameters").await?;
    for one in all {
        if one.name.starts_with("chaos-permission-")
            && let Ok(before) = serde_json::from_value(one.value)
        {
            give_back(site, &before).await?;
        }
    }
    Ok(())
}
