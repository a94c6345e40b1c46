//! One supervised child process: how it is described, born, watched, restarted and ended.
//!
//! Everything here happens on the thread of a [`Nursery`]; see there for why.

pub mod account;
pub mod backoff;
pub mod launch;
pub mod leftovers;
pub mod log;
mod nursery;
pub mod probe;
mod signals;
pub mod spec;
pub mod status;
mod supervisor;
mod tend;

pub use account::Account;
pub use probe::Probe;
pub use spec::{Kind, ProcessSpec};
pub use status::{Action, ActionError, Receipt, State, Status};
pub use supervisor::{NotReady, Supervisor};
