//! The deadlines of orders, as the sweep of orders looks for them.

use crate::{faults::Fault, process::Process, system::System, world::count};
use messaging::store::StoreError;
use orders::deadlines::{Deadlines, Overdue};
use std::sync::Arc;

const QUERY_US: u64 = 1_500;

/// The table, as one process reaches it.
pub struct SimDeadlines {
    pub system: Arc<System>,
    pub process: Arc<Process>,
}

impl Deadlines for SimDeadlines {
    async fn overdue(&self, now_ms: i64) -> Result<Vec<Overdue>, StoreError> {
        let process = &self.process;
        process.travel(QUERY_US).await;
        if process.struck(Fault::DiskFull) {
            return Err(StoreError::Unavailable("53100: disk full".to_owned()));
        }
        let overdue = self
            .system
            .orders
            .read(|content| content.tables.overdue(now_ms));
        for one in &overdue {
            count(&process.world.tally.deadlines);
            process.note(format_args!("deadline of {}", one.order_id));
        }
        Ok(overdue)
    }
}
