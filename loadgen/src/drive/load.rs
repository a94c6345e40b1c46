//! The open loop: each arrival is sent at its time, whatever the system does with the ones before.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::Drive;
use super::schedule::Schedule;
use super::trace_ids::TraceIds;
use crate::clock::{as_us, now_us};

/// A send this much after its time is late: an order of magnitude above the timer's own millisecond.
const LATE: Duration = Duration::from_millis(20);

pub struct Load {
    drive: Drive,
    seed: u64,
    in_flight: Arc<Semaphore>,
    in_flight_max: u32,
}

impl Load {
    pub fn new(drive: Drive, seed: u64, in_flight_max: u32) -> Self {
        let in_flight = Arc::new(Semaphore::new(in_flight_max as usize));
        Self {
            drive,
            seed,
            in_flight,
            in_flight_max,
        }
    }

    /// Sends until `stop` says so. Never waits for an answer.
    pub async fn run(&self, schedule: Schedule, mut stop: watch::Receiver<bool>) {
        let (start, start_us) = (Instant::now(), now_us());
        for (arrival, after) in schedule {
            tokio::select! {
                () = sleep_until(start + after) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let Ok(permit) = Arc::clone(&self.in_flight).try_acquire_owned() else {
                self.drive.tally.dropped.fetch_add(1, Relaxed);
                continue;
            };
            let intended_us = start_us + as_us(after);
            let (drive, seed) = (self.drive.clone(), self.seed);
            drive.tally.begun();
            tokio::spawn(async move {
                let plan = drive.planner.arrival(arrival);
                let ids = TraceIds::of(&drive.planner.population.prefix, seed, plan.op);
                drive
                    .tally
                    .sent(now_us().saturating_sub(intended_us), as_us(LATE));
                drive.order(&plan, &ids, intended_us).await;
                drive.tally.over();
                drop(permit);
            });
        }
    }

    /// Until nothing is under way. False when `within` was not enough.
    pub async fn drain(&self, within: Duration) -> bool {
        timeout(within, self.in_flight.acquire_many(self.in_flight_max))
            .await
            .is_ok()
    }
}
