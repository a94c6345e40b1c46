//! A link that is torn.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::fault::{Capability, FaultError, Kind, read, schema};

pub const KIND: Kind = Kind {
    name: std::borrow::Cow::Borrowed("link/reset"),
    meaning: std::borrow::Cow::Borrowed(
        "every connection is reset, new ones after their first octets",
    ),
    needs: &[Capability::Links],
    lasts: true,
    schema: schema::<Reset>,
    read: read::<Reset>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reset {}

impl LinkFault for Reset {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Reset)
    }
}
