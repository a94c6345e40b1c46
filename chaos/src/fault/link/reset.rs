//! A link that is torn.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<Reset>(
    "link/reset",
    "every connection is reset, new ones after their first octets",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reset {}

impl LinkFault for Reset {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Reset)
    }
}
