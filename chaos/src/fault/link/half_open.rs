//! A link of which one end is gone.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<HalfOpen>(
    "link/half-open",
    "the other side is gone and nobody said so: silence, for ever",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HalfOpen {}

impl LinkFault for HalfOpen {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::HalfOpen)
    }
}
