//! The server ends a service's sessions.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use sqlx::Row;

use crate::agent::databases::failed;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::momentary::<TerminateBackends>(
    "database/terminate-backends",
    "every session in a database is ended, whatever it was at",
    &[Capability::Database],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminateBackends {
    database: String,
}

impl Fault for TerminateBackends {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let mut session = site.databases.session(&self.database).await?;
            let at_ms = clock::now_ms();
            let ended = sqlx::query(
                "select pid, application_name, pg_terminate_backend(pid) as ended
                 from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                   and backend_type = 'client backend'",
            )
            .fetch_all(&mut session)
            .await
            .map_err(failed(&order.fault))?;
            let receipts: Vec<Receipt> = ended
                .iter()
                .filter(|row| row.try_get("ended").unwrap_or(false))
                .map(|row| Receipt {
                    what: order.fault.clone(),
                    name: self.database.clone(),
                    service: row.try_get("application_name").unwrap_or_default(),
                    at_ms,
                    connection: row.try_get::<i32, _>("pid").ok().map(|pid| pid.to_string()),
                    ..Receipt::default()
                })
                .collect();
            Injected::over_some(receipts, || FaultError::Refused {
                what: order.fault.clone(),
                why: format!("nobody has a session in {}", self.database),
            })
        })
    }
}
