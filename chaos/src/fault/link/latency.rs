//! A link that is far away.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{LinkFault, Way};
use crate::experiment::Span;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<Latency>(
    "link/latency",
    "everything arrives later, and in order",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Latency {
    delay: Span,
    /// Later still by up to so much; never sooner than the delay
    #[serde(default)]
    jitter: Option<Span>,
    #[serde(default)]
    way: Way,
}

impl LinkFault for Latency {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        Ok(link_proxy::Fault::Latency {
            delay: self.delay.0,
            jitter: self.jitter.map_or_else(Default::default, |span| span.0),
            way: self.way.into(),
        })
    }
}
