//! Inbox and outbox, the same in each messaging service.

use std::collections::BTreeMap;

use checkers::state::{Mailbox, OutboxRow};
use sqlx::{PgConnection, Row};

use crate::evidence::Scope;

pub async fn read(connection: &mut PgConnection, scope: &Scope) -> Result<Mailbox, sqlx::Error> {
    let received =
        "select kind, message_id from inbox where received_at_ms >= $1 order by kind, message_id";
    let rows = sqlx::query(received)
        .bind(scope.started_ms as i64)
        .fetch_all(&mut *connection)
        .await?;
    let mut inbox: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for row in rows {
        inbox
            .entry(row.try_get("kind")?)
            .or_default()
            .push(row.try_get("message_id")?);
    }
    let waiting = "select message_id, kind, attempts from outbox order by message_id";
    let rows = sqlx::query(waiting).fetch_all(&mut *connection).await?;
    let outbox = rows
        .iter()
        .map(|row| {
            Ok(OutboxRow {
                message_id: row.try_get("message_id")?,
                kind: row.try_get("kind")?,
                attempts: row.try_get("attempts")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    Ok(Mailbox { inbox, outbox })
}
