//! Finds the orders whose deadline has come, as the shell of orders does: a query each
//! second, and the core decides.

use crate::{
    faults::Fault,
    process::{Process, SimulatedClock},
    system::System,
    world::count,
};
use futures::future::join_all;
use messaging::{Clock, CommandSender};
use orders_core::{Command, Orders};
use std::{sync::Arc, time::Duration};

const PAUSE: Duration = Duration::from_secs(1);
const QUERY_US: u64 = 1_500;

pub async fn sweep(system: Arc<System>, process: Arc<Process>, commands: CommandSender<Orders>) {
    let clock = SimulatedClock(Arc::clone(&process));
    loop {
        clock.sleep(PAUSE).await;
        let now_ms = clock.now_ms();
        process.travel(QUERY_US).await;
        if process.struck(Fault::DiskFull) {
            continue;
        }
        let due = system.orders.read(|content| content.tables.due(now_ms));
        join_all(due.into_iter().map(|order_id| {
            let command = Command::DeadlineReached { order_id, now_ms };
            let commands = commands.clone();
            let process = &process;
            async move {
                // An error leaves the row due: the next sweep asks again.
                if commands.execute(command, None, |_, _| ()).await.is_ok() {
                    count(&process.world.tally.deadlines);
                    process.note(format_args!("deadline of {order_id}"));
                }
            }
        }))
        .await;
    }
}
