//! S1: after the last fault everything comes to rest.

use super::Inside;
use crate::director::SETTLE_US_MAX;
use checkers::{
    Report,
    verdict::{Claim, Examination},
};

pub const CLAIM: Claim = Claim {
    id: "S1",
    title: "it comes to rest after the last fault",
};

pub fn check(inside: &Inside) -> Report {
    let mut exam = Examination::of(CLAIM);
    exam.count(1, "run");
    match inside.settled_after_us {
        Some(after_us) => exam.note(format!("at rest after {} s", after_us / 1_000_000)),
        None => exam.wrong(
            "the run",
            "queues, outboxes, orders, the read side",
            format!("at rest within {} s", SETTLE_US_MAX / 1_000_000),
            "still at work",
        ),
    }
    exam.finish()
}
