//! A link that swallows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{LinkFault, Way};
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<Blackhole>(
    "link/blackhole",
    "octets vanish, and nothing is closed",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Blackhole {
    #[serde(default)]
    way: Way,
}

impl LinkFault for Blackhole {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Blackhole {
            way: self.way.into(),
        })
    }
}
