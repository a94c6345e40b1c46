//! Claims that the history alone can refute, judged while it is written: by the judge's own functions, order by order.
//!
//! What is wrong now stays wrong. What is not wrong yet is no more than that: the verdict is at the end, of all evidence.

use std::collections::VecDeque;

use checkers::claims::{monotonic_reads, prediction, read_your_writes};
use checkers::history::{History, HistoryLine, Setup};
use checkers::state::{OrderRow, OrdersRows, Part};
use checkers::{Claim, Evidence, Report, Verdict};

use super::orders::Order;
use crate::drive::plan::OPS_PER_ARRIVAL;

/// Findings that are shown; a system that is all wrong would fill the memory.
const FINDINGS_KEPT: usize = 100;

type Check = fn(&History) -> Option<Report>;

pub const COUNT: usize = 3;
const CHECKS: [(Claim, Check); COUNT] = [
    (monotonic_reads::CLAIM, monotonic_reads::check),
    (read_your_writes::CLAIM, read_your_writes::check),
    (prediction::CLAIM, ended_as_predicted),
];

/// Of three values, like the judge's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoFar {
    /// Refuted, whatever else comes.
    Invalid,
    /// Something was looked at, and nothing of it was wrong.
    NotRefuted,
    /// Nothing could be looked at yet.
    Unknown,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub claim: Claim,
    /// Orders that could be looked at.
    pub orders: u64,
    pub wrong: u64,
}

pub struct Claims {
    pub standings: [Standing; COUNT],
    /// The latest last.
    pub findings: VecDeque<(Claim, Evidence)>,
}

impl Default for Claims {
    fn default() -> Self {
        let standing = |(claim, _): (Claim, Check)| Standing {
            claim,
            orders: 0,
            wrong: 0,
        };
        Self {
            standings: CHECKS.map(standing),
            findings: VecDeque::new(),
        }
    }
}

impl SoFar {
    pub fn label(self) -> &'static str {
        match self {
            SoFar::Invalid => "invalid",
            SoFar::NotRefuted => "not refuted",
            SoFar::Unknown => "unknown",
        }
    }
}

impl Standing {
    pub fn so_far(&self) -> SoFar {
        match (self.wrong, self.orders) {
            (0, 0) => SoFar::Unknown,
            (0, _) => SoFar::NotRefuted,
            _ => SoFar::Invalid,
        }
    }
}

/// Whether an order is looked at after this line: questions show nothing yet, and the placement is the first answer.
pub fn may_tell(line: &HistoryLine) -> bool {
    match line {
        HistoryLine::Invoke(_) => false,
        HistoryLine::Ok { op, .. } => !op.is_multiple_of(OPS_PER_ARRIVAL),
        _ => true,
    }
}

impl Claims {
    /// Looks at an order after its last line. What was found before is not counted again.
    pub fn look(&mut self, order: &mut Order) {
        let history = History::fold(Setup::default(), order.lines.iter().cloned());
        let each = CHECKS.iter().zip(&mut self.standings).zip(&mut order.wrong);
        for (((claim, check), standing), before) in each {
            let Some(report) = check(&history) else {
                continue;
            };
            if matches!(report.verdict, Verdict::Unknown(_)) {
                continue;
            }
            standing.orders += u64::from(before.is_none());
            let known = before.replace(report.wrong).unwrap_or(0);
            standing.wrong += report.wrong.saturating_sub(known);
            if let Verdict::Invalid(evidence) = report.verdict {
                let fresh = evidence.into_iter().skip(known as usize);
                self.findings.extend(fresh.map(|row| (*claim, row)));
            }
        }
        while self.findings.len() > FINDINGS_KEPT {
            self.findings.pop_front();
        }
    }
}

/// The judge looks at the rows of orders; so far there is what the public API said of the end.
fn ended_as_predicted(history: &History) -> Option<Report> {
    let placed = history.placed().next()?;
    let terminal = placed.operation.terminal.as_ref()?;
    let row = OrderRow {
        order_id: placed.operation.promise()?.order_id,
        customer: placed.place.customer.clone(),
        status: terminal.outcome.status,
        reason: terminal.outcome.reason.clone(),
        coordination: placed.place.coordination.clone(),
        version: terminal.version,
        total_minor: placed.place.total_minor,
        lines: Vec::new(),
        postcode: placed.place.postcode.clone(),
        placed_at_ms: 0,
        terminal_at_ms: None,
    };
    let rows = OrdersRows {
        orders: vec![row],
        ..OrdersRows::default()
    };
    let mut report = prediction::check(history, &Part::Read(rows));
    if let Verdict::Invalid(evidence) = &mut report.verdict {
        for row in evidence {
            row.place = "the end that was seen".into();
        }
    }
    Some(report)
}
