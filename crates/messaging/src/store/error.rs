//! Whose fault it is, and whether it may have happened all the same.

/// Why a statement failed. Nothing of its transaction happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Lost against another transaction, or the server is restarting: the same
    /// transaction may well succeed when it is run again.
    #[error("transaction must be repeated: {0}")]
    Conflict(String),
    /// A key that was not there when it was looked for. Another batch was quicker, and
    /// a second look will find its row; or, if it stays so, the data contradicts itself.
    #[error("key taken: {0}")]
    Taken(String),
    /// Nobody's fault here: wait, keep the messages, try again.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The data at hand cannot be stored or read, and never will be.
    #[error("database refuses the data: {0}")]
    Fault(String),
}

/// Why a commit failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// It definitely did not happen.
    #[error(transparent)]
    Aborted(#[from] StoreError),
    /// The connection was lost between the question and the answer.
    #[error("outcome of the commit is unknown: {0}")]
    Unknown(String),
}
