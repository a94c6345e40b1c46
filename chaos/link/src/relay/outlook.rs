//! When the head of a lane may leave, as the rules in force say.

use crate::{
    fault::{
        bandwidth::{self, Pacer},
        blackhole, latency, slow_close,
    },
    faults::Armed,
    lane::{End, Head, Lane},
    rule::Way,
    subject::{Rules, Subject},
};
use amqp_proxy::lease::after;
use std::{num::NonZeroU64, sync::Arc, time::Duration};
use tokio::time::Instant;

/// What may be done about a lane's head.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    Octets(usize),
    End(End),
    At(Instant),
    /// Only a change of the rules, or another octet, makes a difference.
    Nothing,
}

/// One direction at one moment.
pub(super) struct Outlook<'a> {
    pub subject: &'a Subject,
    pub rules: &'a Rules,
    pub way: Way,
    pub now: Instant,
}

impl Outlook<'_> {
    /// Of the lane of a stream that is read up to `place`.
    pub fn of(&self, lane: &Lane, pacer: &Pacer, place: u64) -> Due {
        match lane.head() {
            None => Due::Nothing,
            Some(Head::Chunk { came, place }) => {
                let delays =
                    (self.rules.live(self.now)).filter_map(|armed| self.late(armed, place));
                let due = after(came, sum(delays));
                match self.rate().map(|rate| pacer.allows(rate, self.now)) {
                    _ if due > self.now => Due::At(due),
                    None => Due::Octets(usize::MAX),
                    Some(Ok(octets)) => Due::Octets(octets),
                    Some(Err(at)) => Due::At(at),
                }
            }
            // A blackhole closes nothing as long as it lasts.
            Some(Head::End { .. })
                if blackhole::swallows(self.rules, self.subject, self.way, 0) =>
            {
                Due::Nothing
            }
            Some(Head::End { came, end }) => {
                let slow = |armed| slow_close::worked(armed, self.subject, self.way);
                let delays = (self.rules.live(self.now))
                    .flat_map(|armed| [self.late(armed, place), slow(armed)])
                    .flatten();
                match after(came, sum(delays)) {
                    due if due > self.now => Due::At(due),
                    _ => Due::End(end),
                }
            }
        }
    }

    /// The slowest of the rules says how much may pass.
    pub fn rate(&self) -> Option<NonZeroU64> {
        (self.rules.live(self.now))
            .filter(|armed| self.subject.is_touched(armed))
            .filter_map(|armed| bandwidth::rate(armed, self.way))
            .min()
    }

    fn late(&self, armed: &Arc<Armed>, place: u64) -> Option<Duration> {
        latency::delay(armed, self.way, self.subject.number, place)
            .filter(|_| self.subject.is_touched(armed))
    }
}

fn sum(delays: impl Iterator<Item = Duration>) -> Duration {
    delays.fold(Duration::ZERO, Duration::saturating_add)
}
