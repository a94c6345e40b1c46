//! The load, and beside it the method: baseline, inject, recovery, drain.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use checkers::claims::recovery::LOAD_BEYOND_MS;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::{RunError, Running, keeping_up, method, not_written, steady};
use crate::clock::as_ms;
use crate::console::say;
use crate::drive::load::Load;
use crate::latency_log::LatencyLog;

impl Running {
    pub(super) async fn load(&mut self) -> Result<(), RunError> {
        self.enter("baseline");
        let latency_log = LatencyLog::open(&self.folder.latency_log(), self.told().tally);
        let latency_log = latency_log.map_err(not_written(self.folder.latency_log()))?;
        let (stop, stopped) = watch::channel(false);
        let load = Arc::new(Load::new(
            self.drive.clone(),
            self.record.seed,
            self.conduct.in_flight,
        ));
        let schedule = self.schedule();
        let length = self.script.workload().length();
        let started = Instant::now();
        let sending: JoinHandle<()> = {
            let load = Arc::clone(&load);
            tokio::spawn(async move { load.run(schedule, stopped).await })
        };
        if let Some(method) = self.conduct.method.clone() {
            self.experiment(&method).await;
        }
        sleep_until(started + length).await;
        stop.send_replace(true);
        if sending.await.is_err() {
            self.record
                .doubts
                .push("the load stopped before its time: its task panicked".into());
        }
        let seconds = started.elapsed().as_secs_f64();
        let ended = self.drive.tally.ended.load(Relaxed);
        self.enter("drain");
        if !load.drain(self.conduct.drain).await {
            self.record.doubts.push(format!(
                "orders were still watched {} s after the load",
                self.conduct.drain.as_secs()
            ));
        }
        // They are in the history as well: nothing that is judged is missing.
        if let Err(error) = latency_log.finish().await {
            let path = self.folder.latency_log();
            say(format_args!("{} is not whole: {error}", path.display()));
        }
        let workload = self.script.workload();
        let rate = workload.rate_intended().unwrap_or(0.0);
        self.record.load = self.drive.tally.load(rate, seconds, ended);
        self.record.load.pace = workload.pace();
        let doubts = keeping_up::doubts(&self.record.load);
        self.record.doubts.extend(doubts);
        Ok(())
    }

    /// Baseline, inject, heal, recovery: under the load, which goes on beside it.
    async fn experiment(&mut self, method: &str) {
        sleep(self.conduct.baseline).await;
        let in_flight_usual = self.drive.tally.take_peak();
        if let Err(why) = steady::holds(&self.drive.tally, &self.record.workload.mix) {
            // An unsteady system proves nothing about the fault: the method does not start.
            return self
                .record
                .doubts
                .push(format!("the steady state did not hold: {why}"));
        }
        self.enter("inject");
        let ended = method::run(
            method,
            &self.folder,
            self.record.seed,
            self.conduct.method_timeout,
            self.view.as_ref(),
        )
        .await;
        if let Err(why) = ended {
            self.record.doubts.push(why);
        }
        self.enter("recovery");
        match steady::regained(&self.drive.tally, in_flight_usual, self.conduct.recovery).await {
            Some(after) => {
                self.record.recovery_ms = Some(as_ms(after));
                // The judge looks at it with Prometheus' eyes, which are slower.
                sleep(Duration::from_millis(LOAD_BEYOND_MS)).await;
                self.enter("recovered");
            }
            None => self.record.doubts.push(format!(
                "the steady state was not back within {} s of the last fault",
                self.conduct.recovery.as_secs()
            )),
        }
    }
}
