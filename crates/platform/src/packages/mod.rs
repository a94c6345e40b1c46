//! The distribution's packages that a run needs: which are missing, and what to do about it.

mod decision;
mod install;

pub use decision::{Decision, Means, decide, missing};
pub use install::{InstallError, ensure};
