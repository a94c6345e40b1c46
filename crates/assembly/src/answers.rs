//! What HTTP says when a command or a read could not be done, and whether it may have been.

use lifecycle::problem::{self, Problem};
use messaging::ExecuteError;
use std::time::Duration;

/// One indexed query: what does not come in this time is not coming.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// Nothing here says "failed" of something that may have happened.
pub fn refused(error: ExecuteError) -> Problem {
    let detail = error.to_string();
    match error {
        ExecuteError::Overloaded | ExecuteError::Unavailable(_) => {
            tracing::warn!(detail, "a command was not done");
            let detail = "nothing was done; try again later with the same Idempotency-Key";
            Problem::new(problem::DATABASE_UNAVAILABLE, detail).retry_after_s(1)
        }
        ExecuteError::Defective(_) => {
            tracing::error!(detail, "a command cannot be done");
            let detail = "nothing was done: the service cannot store what was asked";
            Problem::new(problem::UPSTREAM_FAILED, detail)
        }
        ExecuteError::Unknown(_) => {
            tracing::warn!(detail, "the outcome of a command is unknown");
            let detail =
                "it may or may not have been done; ask again with the same Idempotency-Key";
            Problem::new(problem::UPSTREAM_FAILED, detail)
        }
    }
}

/// A read within its time, or the problem that says that nothing was read.
pub async fn read<T>(query: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Problem> {
    let detail = match tokio::time::timeout(READ_TIMEOUT, query).await {
        Ok(Ok(rows)) => return Ok(rows),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    tracing::warn!(detail, "the database cannot be read");
    let detail = "the database cannot be read; try again later";
    Err(Problem::new(problem::DATABASE_UNAVAILABLE, detail).retry_after_s(1))
}
