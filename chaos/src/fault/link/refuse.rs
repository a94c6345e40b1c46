//! A link to nobody.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::fault::{Capability, FaultError, Kind, read, schema};

pub const KIND: Kind = Kind {
    name: std::borrow::Cow::Borrowed("link/refuse"),
    meaning: std::borrow::Cow::Borrowed("connections are refused, those there are are reset"),
    needs: &[Capability::Links],
    lasts: true,
    schema: schema::<Refuse>,
    read: read::<Refuse>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Refuse {}

impl LinkFault for Refuse {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Refuse)
    }
}
