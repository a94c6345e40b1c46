//! Finds the orders whose deadline has come. The deadline is a row: whichever instance
//! lives finds it, and the core decides whether it still matters.

use messaging::{Clock, CommandSender, clock::within, store::StoreError};
use orders_contract::OrderId;
use orders_core::{Command, Orders};
use std::{future::Future, time::Duration};
use telemetry::{SpanKind, WorkSpan};
use tokio::task::JoinSet;

/// A deadline is half a minute; a second more does not matter.
const PAUSE: Duration = Duration::from_secs(1);
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);
/// At most so many at once: a batch of the pipeline.
pub const OVERDUE_MAX: usize = 256;

/// An order that is still open when its deadline has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    pub order_id: OrderId,
    pub placed_at_ms: i64,
}

/// Where the deadlines are written down.
pub trait Deadlines: Send + Sync + 'static {
    /// The longest due first, at most [`OVERDUE_MAX`].
    fn overdue(&self, now_ms: i64)
    -> impl Future<Output = Result<Vec<Overdue>, StoreError>> + Send;
}

pub async fn sweep<C: Clock>(deadlines: impl Deadlines, commands: CommandSender<Orders>, clock: C) {
    loop {
        clock.sleep(PAUSE).await;
        let now_ms = clock.now_ms();
        let overdue = match within(&clock, QUERY_TIMEOUT, deadlines.overdue(now_ms)).await {
            Some(Ok(overdue)) => overdue,
            Some(Err(error)) => {
                tracing::warn!("deadlines cannot be looked for: {error}");
                continue;
            }
            None => {
                tracing::warn!("deadlines cannot be looked for: no answer in time");
                continue;
            }
        };
        // Together, so that they share a transaction.
        let mut together = JoinSet::new();
        for one in overdue {
            together.spawn(ask(one, now_ms, commands.clone()));
        }
        together.join_all().await;
    }
}

async fn ask(overdue: Overdue, now_ms: i64, commands: CommandSender<Orders>) {
    let Overdue {
        order_id,
        placed_at_ms,
    } = overdue;
    let open_ms = now_ms - placed_at_ms;
    let command = Command::DeadlineReached { order_id, now_ms };
    // No request asks this: the rest of the saga is a trace of its own, found by its order.
    let mut span = WorkSpan::start(SpanKind::Internal, "deadline reached", None, &[]);
    span.set("breakwater.order_id", order_id.to_string());
    match commands.execute(command, span.context(), |_, _| ()).await {
        Ok(()) => tracing::warn!(%order_id, open_ms, "the deadline of a saga has come"),
        // The row stays due: the next sweep asks again.
        Err(error) => {
            span.fail(&error.to_string());
            tracing::warn!(%order_id, open_ms, "a deadline has to wait: {error}");
        }
    }
}
