//! One supervised child process: how it is described, born, watched, restarted and ended.
//!
//! Everything here happens on the thread of a [`Nursery`]; see there for why.

pub mod account;
pub mod backoff;
pub mod file_size;
pub mod launch;
pub mod leftovers;
mod life;
pub mod log;
mod nursery;
pub mod probe;
mod signals;
pub mod spec;
pub mod status;
mod supervisor;
mod tend;
mod waiting;

pub use account::Account;
pub use probe::Probe;
pub use spec::{Kind, ProcessSpec};
pub use status::{Action, ActionError, Receipt, State, Status};
pub use supervisor::Supervisor;
pub use waiting::NotReady;
