//! The orchestrator's table: one row a saga.

use decider::Changes;
use messaging::store::{StoreError, postgres::Tables};
use orchestrator_core::{Command, Event, Orchestrator, Saga, State};
use orders_contract::OrderId;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct OrchestratorTables;

impl Tables<Orchestrator> for OrchestratorTables {
    async fn load(
        &self,
        conn: &mut PgConnection,
        commands: &[Command],
    ) -> Result<State, StoreError> {
        let ids: Vec<Uuid> = commands.iter().map(|c| c.0.order_id().0).collect();
        let rows: Vec<(Uuid, Json<Saga>)> = sqlx::query_as(
            "select order_id, state from sagas
             where order_id = any($1) order by order_id for update",
        )
        .bind(&ids)
        .fetch_all(conn)
        .await?;
        Ok(State {
            sagas: (rows.into_iter())
                .map(|(id, Json(saga))| (OrderId(id), saga))
                .collect(),
        })
    }

    async fn save(
        &self,
        conn: &mut PgConnection,
        before: &State,
        after: &State,
        _events: &[Event],
    ) -> Result<(), StoreError> {
        let Changes { new, known } = Changes::between(&before.sagas, &after.sagas);
        if !new.is_empty() {
            let (ids, phases, states) = columns(&new);
            sqlx::query(
                "insert into sagas (order_id, phase, state)
                 select * from unnest($1::uuid[], $2::text[], $3::jsonb[])",
            )
            .bind(ids)
            .bind(phases)
            .bind(states)
            .execute(&mut *conn)
            .await?;
        }
        if !known.is_empty() {
            let (ids, phases, states) = columns(&known);
            sqlx::query(
                "update sagas set phase = new.phase, state = new.state
                 from unnest($1::uuid[], $2::text[], $3::jsonb[]) as new (order_id, phase, state)
                 where sagas.order_id = new.order_id",
            )
            .bind(ids)
            .bind(phases)
            .bind(states)
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }

    async fn census(&self, conn: &mut PgConnection) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query_as("select phase, count(*) from sagas group by phase")
            .fetch_all(conn)
            .await?;
        Ok(rows)
    }
}

type Columns<'a> = (Vec<Uuid>, Vec<&'static str>, Vec<Json<&'a Saga>>);

fn columns<'a>(sagas: &[(&OrderId, &'a Saga)]) -> Columns<'a> {
    let ids = sagas.iter().map(|(id, _)| id.0).collect();
    let phases = sagas.iter().map(|(_, saga)| saga.phase.label()).collect();
    let states = sagas.iter().map(|(_, saga)| Json(*saga)).collect();
    (ids, phases, states)
}
