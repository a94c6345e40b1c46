//! The orders whose deadline has come.

use crate::deadlines::{Deadlines, OVERDUE_MAX, Overdue};
use messaging::store::StoreError;
use orders_contract::OrderId;
use sqlx::PgPool;
use uuid::Uuid;

impl Deadlines for PgPool {
    async fn overdue(&self, now_ms: i64) -> Result<Vec<Overdue>, StoreError> {
        let rows: Vec<(Uuid, i64)> = sqlx::query_as(
            "select order_id, placed_at_ms from orders where deadline_at_ms <= $1
             order by deadline_at_ms limit $2",
        )
        .bind(now_ms)
        .bind(OVERDUE_MAX as i64)
        .fetch_all(self)
        .await?;
        let overdue = rows.into_iter().map(|(order_id, placed_at_ms)| Overdue {
            order_id: OrderId(order_id),
            placed_at_ms,
        });
        Ok(overdue.collect())
    }
}
