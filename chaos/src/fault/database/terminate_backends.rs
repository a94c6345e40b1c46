//! The server ends a service's sessions.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use sqlx::Row;
use tokio::time::timeout;

use crate::agent::databases::{STATEMENT_WITHIN, failed};
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::momentary::<TerminateBackends>(
    "database/terminate-backends",
    "every session of an instance in a database is ended, whatever it was at",
    &[Capability::Database],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminateBackends {
    database: String,
}

/// By the names that instances give their sessions: `orders/orders-1`.
const THERE: &str = "select distinct application_name from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
      and backend_type = 'client backend'";
const END: &str = "select pid, application_name, pg_terminate_backend(pid) as ended
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
      and backend_type = 'client backend' and application_name = any($1)";

impl Fault for TerminateBackends {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let mut session = site.databases.session(&self.database).await?;
            let silent = |_| FaultError::Unknown {
                what: order.fault.clone(),
                why: "no answer".into(),
            };
            let asking = sqlx::query_scalar(THERE).fetch_all(&mut session);
            let there = timeout(STATEMENT_WITHIN, asking).await.map_err(silent)?;
            let there: Vec<String> = there.map_err(failed(&order.fault))?;
            let victims = victims(order, &there);
            let at_ms = clock::now_ms();
            let ending = sqlx::query(END).bind(&victims).fetch_all(&mut session);
            let ended = timeout(STATEMENT_WITHIN, ending).await.map_err(silent)?;
            let ended = ended.map_err(failed(&order.fault))?;
            let receipts: Vec<Receipt> = ended
                .iter()
                .filter(|row| row.try_get("ended").unwrap_or(false))
                .map(|row| {
                    let name: String = row.try_get("application_name").unwrap_or_default();
                    let pid: i32 = row.try_get("pid").unwrap_or_default();
                    Receipt {
                        what: order.fault.clone(),
                        name: self.database.clone(),
                        service: parted(&name).0.to_owned(),
                        at_ms,
                        connection: Some(format!("{name} {pid}")),
                        ..Receipt::default()
                    }
                })
                .collect();
            Injected::over_some(receipts, || FaultError::Nobody {
                wanted: format!("{} in {}", order.of, self.database),
                there: there.join(", "),
            })
        })
    }
}

/// As many instances as the blast radius says. Sessions of anybody else are only hit by their names.
fn victims(order: &Order, there: &[String]) -> Vec<String> {
    let fits = |name: &&String| {
        let (service, process) = parted(name);
        let is_meant = !service.is_empty() || order.of.process.as_deref() == Some(process);
        is_meant && order.of.fits(process, service)
    };
    let fitting = there.iter().filter(fits).cloned().collect();
    let radius = order.blast_radius;
    radius.choose(order.seed, &order.name, fitting, |name| name)
}

/// Service and instance; who is no service's has a name only.
fn parted(application_name: &str) -> (&str, &str) {
    application_name
        .split_once('/')
        .unwrap_or(("", application_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{BlastRadius, Of};

    fn hit(of: Of, blast_radius: BlastRadius, seed: u64) -> Vec<String> {
        let order = Order {
            fault: KIND.name.into(),
            name: "end".into(),
            of,
            blast_radius,
            with: serde_json::Value::Null,
            seed,
            duration_ms: 0,
            kills_left: 0,
        };
        let there = ["orders/orders-1", "orders/orders-2", "psql", ""];
        let mut hit = victims(&order, &there.map(str::to_owned));
        hit.sort();
        hit
    }

    #[test]
    fn the_blast_radius_is_of_instances_and_the_seed_says_which() {
        let one = |seed| hit(Of::default(), BlastRadius::One, seed);
        assert_eq!(one(7), one(7));
        let some: std::collections::BTreeSet<_> = (0..64).map(one).collect();
        let each = [["orders/orders-1"], ["orders/orders-2"]];
        assert_eq!(some, each.map(|one| one.map(str::to_owned).into()).into());
        let all = hit(Of::default(), BlastRadius::All, 1);
        assert_eq!(all, ["orders/orders-1", "orders/orders-2"]);
    }

    #[test]
    fn who_is_named_is_hit_and_nobody_else() {
        let named = |process: &str| {
            let process = Some(process.to_owned());
            let of = Of {
                process,
                ..Of::default()
            };
            hit(of, BlastRadius::All, 1)
        };
        assert_eq!(named("orders-2"), ["orders/orders-2"]);
        assert_eq!(named("psql"), ["psql"]);
        assert_eq!(named("payments-1"), [""; 0]);
    }
}
