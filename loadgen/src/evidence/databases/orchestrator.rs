//! Orchestrated sagas and the phase each is in.

use std::collections::BTreeSet;

use checkers::state::{OrchestratorRows, SagaRow};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::{mailbox, of, snapshot, totals};
use crate::endpoints::Secrets;
use crate::evidence::Scope;

pub async fn read(secrets: &Secrets, scope: &Scope) -> Result<OrchestratorRows, String> {
    let mut connection = snapshot(secrets, "orchestrator").await?;
    let rows = rows(&mut connection, scope)
        .await
        .map_err(of("orchestrator"))?;
    connection.close().await.map_err(of("orchestrator"))?;
    Ok(rows)
}

/// Without what belongs to orders of others.
pub fn of_the_run(mut rows: OrchestratorRows, foreign: &BTreeSet<Uuid>) -> OrchestratorRows {
    rows.sagas.retain(|row| !foreign.contains(&row.order_id));
    rows
}

async fn rows(
    connection: &mut PgConnection,
    scope: &Scope,
) -> Result<OrchestratorRows, sqlx::Error> {
    let query = "select order_id, phase from sagas order by order_id";
    let rows = sqlx::query(query).fetch_all(&mut *connection).await?;
    let sagas = rows
        .iter()
        .map(|row| {
            Ok(SagaRow {
                order_id: row.try_get("order_id")?,
                phase: row.try_get("phase")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let totals = totals(
        connection,
        "select phase, count(*) from sagas group by phase",
    )
    .await?;
    let mailbox = mailbox::read(connection, scope).await?;
    Ok(OrchestratorRows {
        sagas,
        totals,
        mailbox,
    })
}
