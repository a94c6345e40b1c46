//! A link that is slow to tell its end.

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::experiment::Span;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<SlowClose>(
    "link/slow-close",
    "that one side has closed reaches the other later",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SlowClose {
    delay: Span,
}

impl LinkFault for SlowClose {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::SlowClose {
            delay: self.delay.0,
        })
    }
}
