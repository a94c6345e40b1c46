//! SIGTERM: asked to leave, as a deployment asks.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{mortal_victims, signal};
use crate::agent::control::Action;
use crate::agent::site::Site;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};

pub const KIND: Kind = Kind::momentary::<Terminate>(
    "process/terminate",
    "asked to leave: it drains and ends, and is started again as a pod would be",
    &[Capability::Process],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terminate {}

impl Fault for Terminate {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let victims = mortal_victims(site, order).await?;
            let receipts = signal(&site.control, order, &victims, Action::Terminate).await?;
            Ok(Injected::over(receipts))
        })
    }
}
