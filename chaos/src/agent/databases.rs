//! Sessions of a superuser.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

use crate::fault::FaultError;

/// A server that is not paused answers at once.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A lock waits for whoever has the table; our own transactions take milliseconds.
pub const STATEMENT_WITHIN: Duration = Duration::from_secs(10);

pub struct Databases(BTreeMap<String, String>);

impl Databases {
    pub fn new(urls: BTreeMap<String, String>) -> Self {
        Self(urls)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub async fn session(&self, database: &str) -> Result<PgConnection, FaultError> {
        let url = self.0.get(database).ok_or_else(|| {
            let there: Vec<&str> = self.0.keys().map(String::as_str).collect();
            FaultError::Nobody {
                wanted: format!("database {database}"),
                there: there.join(", "),
            }
        })?;
        let what = format!("connect to {database}");
        let connected = timeout(CONNECT_WITHIN, PgConnection::connect(url)).await;
        match connected {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(error)) => Err(FaultError::Refused {
                what,
                why: coded(&error),
            }),
            // A session that may yet come changes nothing.
            Err(_) => Err(FaultError::Refused {
                what,
                why: "no answer".into(),
            }),
        }
    }
}

/// With the server's own code before it, if it was the server who refused.
fn coded(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|refused| refused.code());
    match code {
        Some(code) => format!("{code} {error}"),
        None => error.to_string(),
    }
}

/// What a statement that failed tells.
pub fn failed(what: &str) -> impl Fn(sqlx::Error) -> FaultError + '_ {
    move |error| FaultError::Unknown {
        what: what.to_owned(),
        why: error.to_string(),
    }
}
