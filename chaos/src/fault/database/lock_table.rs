//! A table that nobody else may touch: a migration that takes too long.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::time::timeout;

use crate::agent::databases::{STATEMENT_WITHIN, failed};
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<LockTable>(
    "database/lock-table",
    "a table is locked, as a migration locks it",
    &[Capability::Database],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockTable {
    database: String,
    table: String,
}

impl Fault for LockTable {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let mut session = site.databases.session(&self.database).await?;
            // An identifier in quotes holds anything but a quote.
            let table = self.table.replace('"', "\"\"");
            let text = format!("begin; lock table \"{table}\" in access exclusive mode");
            let locking = sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut session);
            let unknown = |_| FaultError::Refused {
                what: order.fault.clone(),
                why: format!("{} did not come free", self.table),
            };
            let locked = timeout(STATEMENT_WITHIN, locking).await.map_err(unknown)?;
            locked.map_err(failed(&order.fault))?;
            let receipt = Receipt {
                what: order.fault.clone(),
                name: format!("{}.{}", self.database, self.table),
                service: self.database.clone(),
                at_ms: clock::now_ms(),
                ..Receipt::default()
            };
            Ok(Injected::held(vec![receipt], Sessions(vec![session])))
        })
    }
}

/// What they hold, the server gives back when they end; also when we do.
pub(super) struct Sessions(pub Vec<PgConnection>);

impl Hold for Sessions {
    fn heal<'a>(&'a mut self, _: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        self.0.clear();
        Box::pin(std::future::ready(Ok(())))
    }
}
