//! Publishing with confirms, and everything that can become of one.

use super::{Server, TRAVEL_US};
use crate::{faults::Fault, process::Process, settings::Variant};
use messaging::{
    Entropy,
    broker::{Blocked, Outcome, Publisher},
    message::Publication,
};
use std::{collections::BTreeSet, sync::Arc};

/// As the AMQP publisher waits.
const CONFIRM_TIMEOUT_US: u64 = 10_000_000;
/// A quorum write with a slow disk.
const CONFIRM_US: u64 = 8_000;
/// A broker that crashed is back within this time.
const OUTAGE_US: u64 = 2_000_000;

pub struct SimPublisher {
    pub(super) server: Arc<Server>,
    pub(super) process: Arc<Process>,
    pub(super) session: u64,
}

impl Publisher for SimPublisher {
    async fn publish(&mut self, window: &[Publication]) -> Result<Vec<Outcome>, Blocked> {
        let process = Arc::clone(&self.process);
        process.travel(TRAVEL_US).await;
        if self.server.lock().blocked_until_us > process.world.timeline.now_us() {
            return Err(Blocked);
        }
        let mut outcomes = Vec::with_capacity(window.len());
        let mut stored = BTreeSet::new();
        for publication in window {
            outcomes.push(self.send(publication, &mut stored));
        }
        if process.struck(Fault::BrokerCrash) {
            let outage_us = process.world.dice.below(OUTAGE_US);
            (self.server).restart(process.world.timeline.now_us() + outage_us);
        }
        process.may_stop(Fault::StopAfterPublish).await;
        process.travel(CONFIRM_US).await;
        if process.struck(Fault::LateConfirm) {
            let late_us = process.world.dice.below(CONFIRM_TIMEOUT_US);
            process.sleep_us(late_us).await;
        }
        self.confirm(&mut outcomes, &stored);
        if outcomes.contains(&Outcome::Unknown) && self.server.lock().is_open(self.session) {
            process.sleep_us(CONFIRM_TIMEOUT_US).await;
        }
        Ok(outcomes)
    }
}

impl SimPublisher {
    /// What is stored of one message, and what its publisher is going to hear.
    fn send(&self, publication: &Publication, stored: &mut BTreeSet<u64>) -> Outcome {
        let process = &self.process;
        if !self.server.lock().is_open(self.session) {
            return Outcome::Unknown;
        }
        let shown = |fate: &str| {
            let message = &publication.message;
            process.note(format_args!(
                "publishes {} {} to {}, order {}{fate}",
                message.kind.as_deref().unwrap_or_default(),
                message.id.as_deref().unwrap_or_default(),
                publication.routing_key,
                message.correlation_id.as_deref().unwrap_or("none"),
            ));
        };
        if process.world.variant == Variant::LyingConfirms && process.world.dice.below(40) == 0 {
            shown(", lost and confirmed");
            return Outcome::Confirmed;
        }
        let some = || process.world.dice.below(2) == 0;
        let message = Arc::new(publication.clone());
        let mut put = |reached: &mut dyn FnMut() -> bool| {
            let (targets, ids) = self.server.put(process, &message, reached);
            stored.extend(ids);
            targets
        };
        if process.struck(Fault::ConnectionLoss) {
            put(&mut || some());
            shown(", connection lost under it");
            self.server
                .change(|state| ((), state.end_session(self.session)));
            return Outcome::Unknown;
        }
        if process.struck(Fault::Return) {
            shown(", returned");
            return Outcome::Returned;
        }
        if process.struck(Fault::Nack) {
            put(&mut || some());
            shown(", nacked");
            return Outcome::Nacked;
        }
        let targets = put(&mut || true);
        if process.struck(Fault::LostConfirm) {
            shown(", confirm lost");
            return Outcome::Unknown;
        }
        shown("");
        match targets {
            0 => Outcome::Returned,
            _ => Outcome::Confirmed,
        }
    }

    /// Only what a living connection says is known.
    fn confirm(&self, outcomes: &mut [Outcome], stored: &BTreeSet<u64>) {
        let mut state = self.server.lock();
        if state.is_open(self.session) {
            state.unconfirmed.retain(|id| !stored.contains(id));
        } else {
            outcomes.fill(Outcome::Unknown);
        }
    }
}
