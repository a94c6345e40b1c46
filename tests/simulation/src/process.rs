//! A simulated process: it can stop at any await, stand still, and have a clock that is wrong.

use crate::{faults::Fault, timeline::Alarm, timeline::EPOCH_MS, world::World};
use messaging::{Clock, Entropy, SplitMix};
use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

/// One life of a process. The next life is another value with the same name.
pub struct Process {
    pub name: String,
    pub service: &'static str,
    pub world: Arc<World>,
    pub entropy: Arc<SplitMix>,
    skew_ms: i64,
    stopped: AtomicBool,
    paused_until_us: AtomicU64,
}

impl Process {
    pub fn new(world: &Arc<World>, service: &'static str, name: String, skew_ms: i64) -> Arc<Self> {
        Arc::new(Self {
            entropy: Arc::new(SplitMix::from_seed(world.dice.next_u64())),
            world: Arc::clone(world),
            service,
            name,
            skew_ms,
            stopped: AtomicBool::new(false),
            paused_until_us: AtomicU64::new(0),
        })
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// From here on nothing of it runs; the director buries it.
    pub fn stop(&self, why: &str) {
        if !self.stopped.swap(true, Ordering::Relaxed) {
            self.note(format_args!("stops: {why}"));
            self.world.funerals.notify_one();
        }
    }

    pub fn pause_until(&self, until_us: u64) {
        self.paused_until_us.store(until_us, Ordering::Relaxed);
    }

    pub fn is_paused(&self) -> bool {
        self.paused_until_us.load(Ordering::Relaxed) > self.world.timeline.now_us()
    }

    /// What its clock says.
    pub fn now_ms(&self) -> i64 {
        let now_ms = EPOCH_MS + self.world.timeline.now_us() / 1_000;
        now_ms as i64 + self.skew_ms
    }

    pub fn note(&self, what: fmt::Arguments<'_>) {
        self.world.note(&self.name, what);
    }

    /// A fault at this very point; counted and written down if it strikes.
    pub fn struck(&self, fault: Fault) -> bool {
        let struck = self
            .world
            .faults
            .strike(fault, self.world.timeline.now_us());
        if struck {
            self.note(format_args!("! {}", fault.label()));
        }
        struck
    }

    /// The way to a server or back: some time, or none. The process may stop here.
    pub async fn travel(&self, most_us: u64) {
        self.world.count_step().await;
        if self.service != OUTSIDE && self.struck(Fault::StopAtAwait) {
            self.stop("at an await");
        }
        let dice = &self.world.dice;
        let wait_us = match dice.below(2) {
            0 => 0,
            _ => dice.below(most_us),
        };
        self.sleep_us(wait_us).await;
    }

    /// Stops here if `fault` strikes; then this never returns.
    pub async fn may_stop(&self, fault: Fault) {
        if self.struck(fault) {
            self.stop(fault.label());
            std::future::pending::<()>().await;
        }
    }

    pub fn sleep_us(&self, wait_us: u64) -> Sleep<'_> {
        Sleep {
            process: self,
            due_us: self.world.timeline.now_us() + wait_us,
            alarm: None,
        }
    }
}

/// The service of whoever is no process of the system: the client, the director.
pub const OUTSIDE: &str = "outside";

/// A stopped process never wakes, a paused one when its pause is over.
pub struct Sleep<'a> {
    process: &'a Process,
    due_us: u64,
    alarm: Option<Alarm>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let process = self.process;
        if process.is_stopped() {
            return Poll::Pending;
        }
        let timeline = &process.world.timeline;
        let due_us = (self.due_us).max(process.paused_until_us.load(Ordering::Relaxed));
        if timeline.now_us() >= due_us {
            return Poll::Ready(());
        }
        match self.alarm.take() {
            Some(alarm) if alarm.at_us == due_us => {
                timeline.renew(alarm, context.waker());
                self.alarm = Some(alarm);
            }
            other => {
                other.into_iter().for_each(|alarm| timeline.forget(alarm));
                self.alarm = Some(timeline.set(due_us, context.waker().clone()));
            }
        }
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(alarm) = self.alarm.take() {
            self.process.world.timeline.forget(alarm);
        }
    }
}

/// The clock a process reads: the world's, and wrong by its skew.
#[derive(Clone)]
pub struct SimulatedClock(pub Arc<Process>);

impl Clock for SimulatedClock {
    fn now_ms(&self) -> i64 {
        self.0.now_ms()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep_us(duration.as_micros() as u64).await;
    }
}
