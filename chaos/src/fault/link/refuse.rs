//! A link to nobody.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<Refuse>(
    "link/refuse",
    "connections are refused, those there are are reset",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Refuse {}

impl LinkFault for Refuse {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Refuse)
    }
}
