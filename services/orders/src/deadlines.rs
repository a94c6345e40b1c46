//! Finds the orders whose deadline has come. The deadline is a row: whichever instance
//! lives finds it, and the core decides whether it still matters.

use crate::Commands;
use messaging::Clock;
use orders::tables;
use orders_contract::OrderId;
use orders_core::Command;
use sqlx::PgPool;
use std::time::Duration;

/// A deadline is half a minute; a second more does not matter.
const PAUSE: Duration = Duration::from_secs(1);
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn sweep<C: Clock>(pool: PgPool, commands: Commands, clock: C) {
    loop {
        clock.sleep(PAUSE).await;
        let now_ms = clock.now_ms();
        let due = match due(&pool, now_ms).await {
            Ok(due) => due,
            Err(reason) => {
                tracing::warn!("deadlines cannot be looked for: {reason}");
                continue;
            }
        };
        let asked = due.into_iter().map(|order_id| {
            let command = Command::DeadlineReached { order_id, now_ms };
            let commands = commands.clone();
            async move {
                match commands.execute(command, None, |_, _| ()).await {
                    Ok(()) => tracing::warn!(%order_id, "the deadline of a saga has come"),
                    // The row stays due: the next sweep asks again.
                    Err(error) => tracing::warn!(%order_id, "a deadline has to wait: {error}"),
                }
            }
        });
        // Together, so that they share a transaction.
        let mut together = tokio::task::JoinSet::new();
        asked.for_each(|asked| {
            together.spawn(asked);
        });
        together.join_all().await;
    }
}

async fn due(pool: &PgPool, now_ms: i64) -> Result<Vec<OrderId>, String> {
    tokio::time::timeout(QUERY_TIMEOUT, tables::due(pool, now_ms))
        .await
        .map_err(|_| "no answer in time".to_owned())?
        .map_err(|error| error.to_string())
}
