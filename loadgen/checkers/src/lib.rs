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
//! - [`sometimes`]: what a run must have seen to have tested anything
//! - [`verdict`]: valid, invalid with evidence, unknown with the reason

#![forbid(unsafe_code)]

pub mod claims;
pub mod history;
pub mod journal;
pub mod sometimes;
pub mod state;
pub mod telemetry;
pub mod traces;
pub mod verdict;

#[cfg(test)]
mod example;
#[cfg(test)]
mod tests;

use history::History;
use journal::Journal;
use state::{FinalState, Part};
use telemetry::Telemetry;
use traces::Traces;
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
    use claims::{read_your_writes, telemetry, traces};
    let journal = journal_of(run);
    let mut reports = judge_effects(run);
    // The token is honoured by the shells: a simulation has none.
    reports.extend(read_your_writes::check(&run.history));
    reports.push(traces::check(
        &run.history,
        &run.state.orders,
        &run.traces,
        journal,
    ));
    reports.push(telemetry::check(
        &run.state,
        &run.telemetry,
        journal,
        run.started_ms,
    ));
    in_order(reports)
}

/// The claims that need no telemetry: those that a simulation is held to as well.
pub fn judge_effects(run: &Run) -> Vec<Report> {
    use claims::{
        at_most_once, atomicity, closure, convergence, durability, fault_fired, money, phantom,
        prediction, replica, stock, termination,
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
        convergence::check(&state.orders, &state.order_view),
        replica::check(&state.orders, &state.inventory),
        closure::check(state, journal_of(run)),
        prediction::check(history, &state.orders),
    ];
    reports.extend(run.journal.as_ref().map(fault_fired::check));
    in_order(reports)
}

fn journal_of(run: &Run) -> &Journal {
    static NOTHING_WAS_BROKEN: Journal = Journal { run: Vec::new() };
    let read = run.journal.as_ref().and_then(Part::get);
    read.unwrap_or(&NOTHING_WAS_BROKEN)
}

/// By number: `I2` comes before `I12`.
fn in_order(mut reports: Vec<Report>) -> Vec<Report> {
    reports.sort_by_key(|report| report.claim.id[1..].parse().unwrap_or(u32::MAX));
    reports
}
