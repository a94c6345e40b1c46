//! The server commits and the client never hears.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::experiment::subject::Dependency;
use crate::fault::link::LinkFault;
use crate::fault::{Capability, FaultError, Kind};

pub const KIND: Kind = Kind::lasting::<CutOnCommit>(
    "database/cut-on-commit",
    "a COMMIT is carried out, and the connection is reset before the answer",
    &[Capability::Links],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutOnCommit {
    /// A share of the commits; which, the seed says
    #[schemars(range(min = 0.0, max = 1.0))]
    probability: Option<f64>,
    /// The n-th commit on each link
    #[schemars(range(min = 1))]
    nth: Option<u64>,
}

impl LinkFault for CutOnCommit {
    fn fault(&self) -> Result<link_proxy::Fault, FaultError> {
        let share = self
            .probability
            .map(amqp_proxy::Probability::new)
            .transpose();
        Ok(link_proxy::Fault::CutOnCommit {
            share: share.map_err(|error| FaultError::Wrong(error.to_string()))?,
            nth: self.nth,
        })
    }

    fn only(&self) -> Option<Dependency> {
        Some(Dependency::Database)
    }
}
