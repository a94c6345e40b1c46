//! Judges a run from what it left: pure functions from evidence to a verdict.
//!
//! No IO, no clock, no randomness: the same functions judge a run of real processes and the history of a
//! simulation, and judge it again years later from its files.
//!
//! # Layout
//! - [`history`]: what the load generator asked and was promised
//! - [`state`]: the rows, the event log and the queues when everything was quiet
//! - [`journal`]: what was broken on purpose
//! - [`telemetry`], [`traces`]: what Prometheus and the trace store say happened
//! - [`claims`]: one file a claim, each with a `CLAIM` and a `check`
//! - [`attribution`]: the order and the trace that a piece of evidence is about
//! - [`sometimes`]: what a run must have seen to have tested anything
//! - [`verdict`]: valid, invalid with evidence, unknown with the reason

#![forbid(unsafe_code)]

pub mod attribution;
pub mod claims;
pub mod history;
pub mod journal;
pub mod sometimes;
pub mod state;
pub mod telemetry;
pub mod traces;
pub mod verdict;

#[cfg(any(test, feature = "example"))]
pub mod example;
#[cfg(test)]
mod tests;

use history::History;
use journal::Journal;
use state::{FinalState, Part};
use telemetry::Telemetry;
use traces::Traces;
use verdict::Examination;
pub use verdict::{Claim, Evidence, Report, Verdict};

/// Everything a run left behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    pub history: History,
    pub state: FinalState,
    /// `None`: no fault was asked for.
    pub journal: Option<Part<Journal>>,
    pub telemetry: Part<Telemetry>,
    pub traces: Part<Traces>,
    /// Unix ms at which the first message of the run can have been sent.
    pub started_ms: u64,
}

/// All claims that apply to the run.
pub fn judge(run: &Run) -> Vec<Report> {
    use claims::{monotonic_reads, read_your_writes, recovery, telemetry, traces};
    let history = &run.history;
    let mut reports = judge_effects(run);
    // What readers see is of the shells: a simulation has none.
    reports.extend(monotonic_reads::check(history));
    reports.extend(read_your_writes::check(history));
    let regained = |journal| recovery::check(history, &run.telemetry, journal, run.started_ms);
    reports.extend(run.journal.as_ref().map(regained));
    reports.push(with_journal(run, traces::CLAIM, |journal| {
        traces::check(history, &run.state.orders, &run.traces, journal)
    }));
    reports.push(with_journal(run, telemetry::CLAIM, |journal| {
        telemetry::check(&run.state, &run.telemetry, journal, run.started_ms)
    }));
    finished(reports, run)
}

/// The claims that need no telemetry: those that a simulation is held to as well.
pub fn judge_effects(run: &Run) -> Vec<Report> {
    use claims::{
        at_most_once, atomicity, closure, convergence, dead_letters, durability, fault_fired,
        message_ledger, money, phantom, prediction, replica, stock, termination,
    };
    let (history, state) = (&run.history, &run.state);
    let mut reports = vec![
        money::check(history, &state.payments),
        stock::check(history, &state.inventory),
        durability::check(history, &state.orders),
        phantom::check(history, state),
        at_most_once::check(state),
        atomicity::check(state),
        termination::check(state),
        convergence::check(history, &state.orders, &state.order_view),
        replica::check(&state.orders, &state.inventory),
        closure::check(state),
        message_ledger::check(state),
        dead_letters::check(&state.dead_letters, run.journal.as_ref()),
        prediction::check(history, &state.orders),
    ];
    reports.extend(run.journal.as_ref().map(fault_fired::check));
    finished(reports, run)
}

/// A kill excuses what it took with it. Of a journal that cannot be read, nobody knows what that was.
fn with_journal(run: &Run, claim: Claim, check: impl FnOnce(&Journal) -> Report) -> Report {
    let mut exam = Examination::of(claim);
    let journal = match &run.journal {
        None => Some(Journal::unbroken()),
        Some(journal) => journal.examine("journal", &mut exam),
    };
    match journal {
        Some(journal) => check(journal),
        None => exam.finish(),
    }
}

/// By number, `I2` before `I12`, and each piece of evidence with its order and trace.
fn finished(mut reports: Vec<Report>, run: &Run) -> Vec<Report> {
    reports.sort_by_key(|report| report.claim.id[1..].parse().unwrap_or(u32::MAX));
    attribution::attribute(&mut reports, &run.history, &run.state);
    reports
}
