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

/// All claims that apply to the run, in the order of their ids.
pub fn judge(run: &Run) -> Vec<Report> {
    use claims::{
        at_most_once, atomicity, closure, convergence, durability, fault_fired, money, phantom,
        prediction, stock, telemetry, termination, traces,
    };
    let (history, state) = (&run.history, &run.state);
    let nothing_was_broken = Journal::default();
    let journal = run
        .journal
        .as_ref()
        .and_then(Part::get)
        .unwrap_or(&nothing_was_broken);
    let mut reports = vec![
        money::check(history, &state.payments),
        stock::check(history, &state.inventory),
        durability::check(history, &state.orders),
        phantom::check(history, state),
        at_most_once::check(state),
        atomicity::check(state),
        termination::check(state),
        convergence::check(&state.orders, &state.order_view),
        closure::check(state, journal),
        traces::check(history, &state.orders, &run.traces, journal),
        telemetry::check(state, &run.telemetry, journal, run.started_ms),
    ];
    if let Some(journal) = &run.journal {
        reports.push(fault_fired::check(journal));
    }
    reports.push(prediction::check(history, &state.orders));
    reports
}
