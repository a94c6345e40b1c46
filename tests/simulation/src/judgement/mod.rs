//! The verdict on a run: the claims that judge real runs, and those that only somebody who
//! sees inside can judge, a file each.

pub mod deadlines;
pub mod handled_once;
pub mod one_projector;
pub mod settles;

use checkers::{Report, Run, Verdict, claims, verdict::Claim};
use orders_contract::OrderId;

/// What a run is held to, by number.
pub const CLAIMS: [Claim; 18] = [
    claims::money::CLAIM,
    claims::stock::CLAIM,
    claims::durability::CLAIM,
    claims::phantom::CLAIM,
    claims::at_most_once::CLAIM,
    claims::atomicity::CLAIM,
    claims::termination::CLAIM,
    claims::convergence::CLAIM,
    claims::replica::CLAIM,
    claims::closure::CLAIM,
    claims::message_ledger::CLAIM,
    claims::dead_letters::CLAIM,
    claims::fault_fired::CLAIM,
    claims::prediction::CLAIM,
    settles::CLAIM,
    one_projector::CLAIM,
    deadlines::CLAIM,
    handled_once::CLAIM,
];

/// What only a simulation can know of a run.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    /// After the last fault; `None` if it never came to rest.
    pub settled_after_us: Option<u64>,
    /// Commits that moved the projector's row.
    pub projections: usize,
    /// Those that moved it back, in words.
    pub setbacks: Vec<String>,
    pub orders: Vec<Open>,
    /// Messages handled.
    pub messages: usize,
    /// Those that caused something once more, in words.
    pub repeats: Vec<String>,
}

/// How long an order was open.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    pub order_id: OrderId,
    /// Negative if it ended before.
    pub open_after_deadline_ms: i64,
    /// To stop, by its deadline.
    pub was_asked: bool,
}

/// Traces, metrics, recovery and what readers see need a real system; everything else is judged.
pub fn judge(run: &Run, inside: &Inside) -> Vec<Report> {
    let mut reports = checkers::judge_effects(run);
    reports.push(settles::check(inside));
    reports.push(one_projector::check(inside));
    reports.push(deadlines::check(inside));
    reports.push(handled_once::check(inside));
    reports
}

/// The reports that did not say valid.
pub fn failed(reports: &[Report]) -> impl Iterator<Item = &Report> {
    reports
        .iter()
        .filter(|report| report.verdict != Verdict::Valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::{journal::Journal, state::Part};
    use std::collections::BTreeSet;

    #[test]
    fn what_is_judged_is_what_is_listed() {
        let stormy = Run {
            journal: Some(Part::Read(Journal::default())),
            ..Run::default()
        };
        let reports = judge(&stormy, &Inside::default());
        let judged: BTreeSet<&str> = reports.iter().map(|report| report.claim.id).collect();
        assert_eq!(judged, CLAIMS.iter().map(|claim| claim.id).collect());
    }
}
