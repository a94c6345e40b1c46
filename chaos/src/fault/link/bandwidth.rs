//! A link that is narrow.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{LinkFault, Way};
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<Bandwidth>(
    "link/bandwidth",
    "no more than so many octets a second",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bandwidth {
    #[schemars(range(min = 1))]
    bytes_per_second: std::num::NonZeroU64,
    #[serde(default)]
    way: Way,
}

impl LinkFault for Bandwidth {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Bandwidth {
            bytes_per_second: self.bytes_per_second,
            way: self.way.into(),
        })
    }
}
