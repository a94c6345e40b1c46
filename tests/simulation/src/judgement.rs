//! The verdict on a run: the claims that judge real runs, and that it came to rest.

use crate::director::SETTLE_US_MAX;
use checkers::{
    Report, Run, Verdict, claims,
    verdict::{Claim, Examination},
};

pub const SETTLES: Claim = Claim {
    id: "S1",
    title: "it comes to rest after the last fault",
};

/// What a run is held to, by number.
pub const CLAIMS: [Claim; 12] = [
    claims::money::CLAIM,
    claims::stock::CLAIM,
    claims::durability::CLAIM,
    claims::phantom::CLAIM,
    claims::at_most_once::CLAIM,
    claims::atomicity::CLAIM,
    claims::termination::CLAIM,
    claims::convergence::CLAIM,
    claims::closure::CLAIM,
    claims::fault_fired::CLAIM,
    claims::prediction::CLAIM,
    SETTLES,
];

/// Traces, metrics and recovery need a real system; everything else is judged.
pub fn judge(run: &Run, settled_after_us: Option<u64>) -> Vec<Report> {
    let mut reports = checkers::judge_effects(run);
    reports.push(settles(settled_after_us));
    reports
}

fn settles(settled_after_us: Option<u64>) -> Report {
    let mut exam = Examination::of(SETTLES);
    exam.count(1, "run");
    match settled_after_us {
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

/// The reports that did not say valid.
pub fn failed(reports: &[Report]) -> impl Iterator<Item = &Report> {
    reports
        .iter()
        .filter(|report| report.verdict != Verdict::Valid)
}
