//! The orders whose deadline has come.

use orders_contract::OrderId;
use sqlx::PgPool;
use uuid::Uuid;

/// At most so many: a batch of the pipeline.
pub const DUE_MAX: i64 = 256;

/// The longest due first.
pub async fn due(pool: &PgPool, now_ms: i64) -> Result<Vec<OrderId>, sqlx::Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select order_id from orders where deadline_at_ms <= $1 order by deadline_at_ms limit $2",
    )
    .bind(now_ms)
    .bind(DUE_MAX)
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(OrderId).collect())
}
