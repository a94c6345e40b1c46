//! Asked to leave and started again at once, as a rolling deployment does it.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{mortal_victims, signal};
use crate::agent::control::Action;
use crate::agent::site::Site;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};

pub const KIND: Kind = Kind::momentary::<Restart>(
    "process/restart",
    "asked to leave, and started again at once",
    &[Capability::Process],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restart {}

impl Fault for Restart {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let victims = mortal_victims(site, order).await?;
            let receipts = signal(&site.control, order, &victims, Action::Restart).await?;
            Ok(Injected::over(receipts))
        })
    }
}
