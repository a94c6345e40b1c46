//! Which SQLSTATE is whose fault.

use crate::store::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) => {
                let text = cause.message().to_owned();
                match cause.code().as_deref() {
                    // serialization failure, deadlock, server shutting down, connection
                    // terminated by an administrator.
                    Some("40001" | "40P01" | "57P01") => Self::Conflict(text),
                    // A core inserts plainly what it did not find.
                    Some("23505") => Self::Taken(text),
                    // Data exception, integrity constraint, raised by our own SQL. A class 42
                    // (missing table or permission) is a deployment's fault: waiting for a
                    // migration is right, quarantining every message is not.
                    Some(code) if ["22", "23", "P0"].contains(&&code[..2]) => Self::Fault(text),
                    _ => Self::Unavailable(text),
                }
            }
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_)
            | sqlx::Error::RowNotFound => Self::Fault(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
