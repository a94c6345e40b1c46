//! The load: each arrival is sent at its time, whatever the system does with the ones before; or, in a closed loop,
//! when the customer's last order has ended.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::Drive;
use super::plan::Plan;
use super::schedule::{Round, Schedule};
use super::trace_ids::TraceIds;
use crate::clock::{as_us, now_us};
use crate::workload::arrival::{Arrivals, Closed};

/// A send this much after its time is late: an order of magnitude above the timer's own millisecond.
pub const LATE: Duration = Duration::from_millis(20);

pub struct Load {
    drive: Drive,
    seed: u64,
    in_flight: Arc<Semaphore>,
    in_flight_max: u32,
    /// Arrivals so far, whatever became of them.
    arrived: AtomicU64,
    /// In a closed loop, the orders that were under way when a stage ended, by customer: each waits for its own.
    under_way: Mutex<BTreeMap<u32, JoinHandle<()>>>,
}

/// Why a stage is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Ended,
    Stopped,
}

type Stop = watch::Receiver<bool>;

impl Load {
    pub fn new(drive: Drive, seed: u64, in_flight_max: u32) -> Self {
        let in_flight = Arc::new(Semaphore::new(in_flight_max as usize));
        Self {
            drive,
            seed,
            in_flight,
            in_flight_max,
            arrived: AtomicU64::new(0),
            under_way: Mutex::default(),
        }
    }

    /// Sends until the schedule is over, or until `stop` says so.
    pub async fn run(&self, schedule: Schedule, mut stop: Stop) {
        let start = Instant::now();
        for Round {
            starts,
            ends,
            arrivals,
        } in schedule.rounds()
        {
            let (starts, ends) = (start + starts, start + ends);
            let over = match arrivals {
                Arrivals::Open(offsets) => self.open(starts, offsets, &mut stop).await,
                Arrivals::Closed(closed) => self.closed(&closed, ends, &stop).await,
            };
            if over == Over::Stopped || wait(ends, &mut stop).await == Over::Stopped {
                return;
            }
        }
    }

    /// Never waits for an answer.
    async fn open(
        &self,
        starts: Instant,
        offsets: impl Iterator<Item = Duration>,
        stop: &mut Stop,
    ) -> Over {
        let starts_us = now_us().saturating_add_signed(since_us(starts));
        for offset in offsets {
            if wait(starts + offset, stop).await == Over::Stopped {
                return Over::Stopped;
            }
            let Some(plan) = self.next() else {
                return Over::Ended;
            };
            let Ok(permit) = Arc::clone(&self.in_flight).try_acquire_owned() else {
                self.drive.tally.dropped.fetch_add(1, Relaxed);
                continue;
            };
            let (drive, seed) = (self.drive.clone(), self.seed);
            drive.tally.begun();
            let intended_us = starts_us + as_us(offset);
            tokio::spawn(order(drive, seed, plan, Some(intended_us), permit));
        }
        Over::Ended
    }

    /// So many customers, each with one order under way, until `ends`.
    async fn closed(&self, closed: &Closed, ends: Instant, stop: &Stop) -> Over {
        let customers = (0..closed.customers)
            .map(|customer| self.customer(customer, closed, ends, stop.clone()));
        let over = join_all(customers).await;
        over.into_iter()
            .find(|over| *over == Over::Stopped)
            .unwrap_or(Over::Ended)
    }

    async fn customer(
        &self,
        customer: u32,
        closed: &Closed,
        ends: Instant,
        mut stop: Stop,
    ) -> Over {
        let mut ordering = self.held().remove(&customer);
        loop {
            if let Some(mut order) = ordering.take() {
                tokio::select! {
                    _ = &mut order => {}
                    () = sleep_until(ends) => {
                        self.held().insert(customer, order);
                        return Over::Ended;
                    }
                    _ = stop.wait_for(|stop| *stop) => return Over::Stopped,
                }
                let next = Instant::now() + closed.think_time.0;
                if wait(next.min(ends), &mut stop).await == Over::Stopped {
                    return Over::Stopped;
                }
            }
            if Instant::now() >= ends {
                return Over::Ended;
            }
            let permit = tokio::select! {
                permit = Arc::clone(&self.in_flight).acquire_owned() => permit,
                over = wait(ends, &mut stop) => return over,
            };
            let (Ok(permit), Some(plan)) = (permit, self.next()) else {
                return Over::Ended;
            };
            let (drive, seed) = (self.drive.clone(), self.seed);
            drive.tally.begun();
            // A task of its own: it is watched to its end when the load stops before.
            ordering = Some(tokio::spawn(order(drive, seed, plan, None, permit)));
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<u32, JoinHandle<()>>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The plan of the next arrival; `None` when there is nothing left to repeat.
    fn next(&self) -> Option<Plan> {
        let arrival = self.arrived.fetch_add(1, Relaxed);
        self.drive.planner.arrival(arrival)
    }

    /// Until nothing is under way. False when `within` was not enough.
    pub async fn drain(&self, within: Duration) -> bool {
        timeout(within, self.in_flight.acquire_many(self.in_flight_max))
            .await
            .is_ok()
    }
}

/// One order, from its intended start to its end; where no schedule intends one, it is when the order is sent.
async fn order(
    drive: Drive,
    seed: u64,
    plan: Plan,
    intended_us: Option<u64>,
    permit: OwnedSemaphorePermit,
) {
    let ids = TraceIds::of(&drive.planner.population.prefix, seed, plan.op);
    let intended_us = intended_us.unwrap_or_else(now_us);
    let late_by_us = now_us().saturating_sub(intended_us);
    drive.tally.sent(late_by_us, as_us(LATE));
    drive.order(&plan, &ids, intended_us).await;
    drive.tally.over();
    drop(permit);
}

/// Until then, or until the load is stopped.
async fn wait(until: Instant, stop: &mut Stop) -> Over {
    tokio::select! {
        () = sleep_until(until) => Over::Ended,
        _ = stop.wait_for(|stop| *stop) => Over::Stopped,
    }
}

/// Negative when it is past.
fn since_us(at: Instant) -> i64 {
    let now = Instant::now();
    let ahead = as_us(at.saturating_duration_since(now)).cast_signed();
    ahead - as_us(now.saturating_duration_since(at)).cast_signed()
}
