//! SIGKILL: no drain, no flush, no goodbye.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{mortal_victims, signal};
use crate::agent::control::Action;
use crate::agent::site::Site;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};

pub const KIND: Kind = Kind::momentary::<Kill>(
    "process/kill",
    "SIGKILL between two instructions; whoever supervises it starts it again",
    &[Capability::Process],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kill {}

impl Fault for Kill {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let victims = mortal_victims(site, order).await?;
            let mut receipts = signal(&site.control, order, &victims, Action::Kill).await?;
            for receipt in &mut receipts {
                receipt.gone = Some(site.control.is_gone(receipt).await);
            }
            Ok(Injected::over(receipts))
        })
    }
}
