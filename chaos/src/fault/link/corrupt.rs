//! A link that lies.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{LinkFault, Way};
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<Corrupt>(
    "link/corrupt",
    "one bit of a share of the chunks is flipped",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Corrupt {
    #[schemars(range(min = 0.0, max = 1.0))]
    share: f64,
    #[serde(default)]
    way: Way,
}

impl LinkFault for Corrupt {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        let share = amqp_proxy::Probability::new(self.share);
        Ok(link_proxy::Fault::Corrupt {
            share: share.map_err(|error| FaultError::Wrong(error.to_string()))?,
            way: self.way.into(),
        })
    }
}
