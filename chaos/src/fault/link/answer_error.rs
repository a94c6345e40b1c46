//! A service behind HTTP that answers, and only with errors.

use std::num::NonZeroU16;

use schemars::JsonSchema;
use serde::Deserialize;

use super::LinkFault;
use crate::experiment::subject::Dependency;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<AnswerError>(
    "link/answer-error",
    "requests are answered with an error of HTTP and reach nobody; of links to the trace store and from the gateway",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnswerError {
    #[serde(default = "unavailable")]
    #[schemars(range(min = 400, max = 599))]
    status: NonZeroU16,
}

fn unavailable() -> NonZeroU16 {
    const { NonZeroU16::new(503).unwrap() }
}

impl LinkFault for AnswerError {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        match self.status.get() {
            400..=599 => Ok(link_proxy::Fault::AnswerError {
                status: self.status,
            }),
            other => Err(FaultError::Wrong(format!(
                "{other} is no error of HTTP: 400 to 599"
            ))),
        }
    }

    fn takes(&self, to: Dependency) -> bool {
        matches!(to, Dependency::Traces | Dependency::Gateway)
    }
}
