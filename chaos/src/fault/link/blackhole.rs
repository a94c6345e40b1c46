//! A link that swallows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{LinkFault, Way};
use crate::fault::{Capability, FaultError, Kind, read, schema};

pub const KIND: Kind = Kind {
    name: std::borrow::Cow::Borrowed("link/blackhole"),
    meaning: std::borrow::Cow::Borrowed("octets vanish, and nothing is closed"),
    needs: &[Capability::Links],
    lasts: true,
    schema: schema::<Blackhole>,
    read: read::<Blackhole>,
};

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
