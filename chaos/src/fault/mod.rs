//! What can be broken.

mod process_kill;

use std::future::Future;

use crate::journal::Receipt;
use crate::target::{Capability, Target, TargetError};

pub use process_kill::{Patience, ProcessKill};

/// One way to break one thing. A fault that was injected gives back what it touched.
pub trait Fault: Send + Sync {
    /// `process/kill`
    fn kind(&self) -> Kind;

    /// `kill orders-1`
    fn title(&self) -> String;

    /// Breaks it and watches it come back, within the fault's own bound.
    fn inject<T: Target>(
        &self,
        target: &T,
    ) -> impl Future<Output = Result<Vec<Receipt>, FaultError>> + Send;
}

/// A kind of fault, as experiments name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub needs: &'static [Capability],
    pub meaning: &'static str,
}

/// Every kind there is.
pub const ALL: &[Kind] = &[process_kill::KIND];

#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("this target cannot {0}")]
    Incapable(Capability),
    /// It was broken and did not come back: what was touched is not lost.
    #[error("{name} was not ready again within {bound_ms} ms")]
    NotBack {
        name: String,
        bound_ms: u128,
        receipts: Vec<Receipt>,
    },
}

impl Kind {
    /// Names what the target lacks, before anything is broken.
    pub fn check<T: Target>(&self, target: &T) -> Result<(), FaultError> {
        match self
            .needs
            .iter()
            .find(|need| !target.capabilities().contains(need))
        {
            Some(missing) => Err(FaultError::Incapable(*missing)),
            None => Ok(()),
        }
    }
}
