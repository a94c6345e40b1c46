//! A link of which one end is gone.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::fault::{Capability, FaultError, Kind, read, schema};

pub const KIND: Kind = Kind {
    name: std::borrow::Cow::Borrowed("link/half-open"),
    meaning: std::borrow::Cow::Borrowed(
        "the other side is gone and nobody said so: silence, for ever",
    ),
    needs: &[Capability::Links],
    lasts: true,
    schema: schema::<HalfOpen>,
    read: read::<HalfOpen>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HalfOpen {}

impl LinkFault for HalfOpen {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::HalfOpen)
    }
}
