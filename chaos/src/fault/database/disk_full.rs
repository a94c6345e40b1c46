//! No table that has reached the server's quota can grow: no room is left for them.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::timeout;

use crate::agent::claims::Claim;
use crate::agent::control::{Action, Process};
use crate::agent::databases::{STATEMENT_WITHIN, failed};
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<DiskFull>(
    "database/disk-full",
    "tables that are larger than a megabyte cannot grow, as on a full disk: a quota of the server's",
    &[Capability::Process, Capability::Database],
)
.unaimed();

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiskFull {}

const SERVER: &str = "postgres";

/// The quota is one segment of the write-ahead log, which goes on being written.
const AT_THEIR_END: &str = "select relname::text from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace
      and pg_relation_size(oid) >= pg_size_bytes(current_setting('wal_segment_size'))
    order by 1";

impl Fault for DiskFull {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let claim = site.claims.claim(&order.fault, SERVER)?;
            let tables = tables_at_their_end(site).await?;
            if tables.is_empty() {
                return Err(FaultError::Nobody {
                    wanted: "a table of at least a megabyte".into(),
                    there: "smaller ones only; let the load run for longer before".into(),
                });
            }
            let at_ms = clock::now_ms();
            let filled = site.control.act(SERVER, Action::FillDisk).await;
            let receipt = |(database, table): (String, String)| Receipt {
                what: order.fault.clone(),
                name: format!("{database}.{table}"),
                service: database,
                at_ms,
                ..Receipt::default()
            };
            let filled = filled.map(|_| tables.into_iter().map(receipt).collect());
            Ok(Injected::tried(filled, Full { _claim: claim }))
        })
    }
}

/// By database.
async fn tables_at_their_end(site: &Site) -> Result<Vec<(String, String)>, FaultError> {
    let mut found = Vec::new();
    for database in site.databases.names() {
        let what = format!("ask {database} for its tables");
        let mut session = site.databases.session(database).await?;
        let asking = sqlx::query_scalar::<_, String>(AT_THEIR_END).fetch_all(&mut session);
        let silent = |_| FaultError::Refused {
            what: what.clone(),
            why: "no answer".into(),
        };
        let asked = timeout(STATEMENT_WITHIN, asking).await.map_err(silent)?;
        let tables = asked.map_err(failed(&what))?;
        found.extend(tables.into_iter().map(|table| (database.to_owned(), table)));
    }
    Ok(found)
}

struct Full {
    _claim: Claim,
}

impl Hold for Full {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(sweep(site))
    }
}

/// Also after an agent that died: no harm where there is room.
pub async fn sweep(site: &Site) -> Result<(), FaultError> {
    // One that is not running is started without a quota.
    let is_running = |one: &Process| one.name == SERVER && one.pid.is_some();
    if site.control.processes().await?.iter().any(is_running) {
        site.control.act(SERVER, Action::FreeDisk).await?;
    }
    Ok(())
}
