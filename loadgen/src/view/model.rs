//! All that the view knows: samples and lines in, figures out. No clock and no IO: times come with what happened.
//!
//! - [`brief`]: what was asked for. [`intended`]: what the schedule wanted so far.
//! - [`rates`], [`latency`], [`heat`], [`outcomes`]: the load and how it ended. [`seconds`]: figures by their second.
//! - [`orders`]: what is under way. [`claims`]: what the history has refuted so far. [`method`]: what is broken.

pub mod brief;
pub mod claims;
pub mod heat;
pub mod intended;
pub mod latency;
pub mod method;
pub mod orders;
pub mod outcomes;
pub mod rates;
pub mod seconds;
#[cfg(test)]
pub mod tests;

use checkers::history::{Action, HistoryLine};

use crate::drive::plan::{OPS_PER_ARRIVAL, PRIMING};
use brief::Brief;
use claims::Claims;
use heat::Heat;
use latency::Latency;
use method::Method;
use orders::{Orders, Step};
use outcomes::Kinds;
use rates::{Counters, Rates};

/// The name of the answers among the latencies.
const ACKNOWLEDGED: &str = "acknowledged";

pub struct Model {
    pub brief: Brief,
    pub began_us: u64,
    pub now_us: u64,
    pub phase: &'static str,
    pub phase_began_us: u64,
    /// `None` before the baseline.
    load_began_us: Option<u64>,
    load_ended_us: Option<u64>,
    pub rates: Rates,
    pub latency: Latency,
    pub heat: Heat,
    pub outcomes: Kinds,
    /// Operations without a good answer, by their reason.
    pub troubles: Kinds,
    pub orders: Orders,
    pub claims: Claims,
    pub method: Method,
    /// Lines of the history that came faster than they could be read: figures of single orders are without them.
    pub missed: u64,
}

fn second_of(us: u64) -> u64 {
    us / 1_000_000
}

impl Model {
    pub fn new(brief: Brief, now_us: u64) -> Self {
        Self {
            brief,
            began_us: now_us,
            now_us,
            phase: "settle",
            phase_began_us: now_us,
            load_began_us: None,
            load_ended_us: None,
            rates: Rates::default(),
            latency: Latency::default(),
            heat: Heat::default(),
            outcomes: Kinds::default(),
            troubles: Kinds::default(),
            orders: Orders::default(),
            claims: Claims::default(),
            method: Method::default(),
            missed: 0,
        }
    }

    pub fn enter(&mut self, phase: &'static str, now_us: u64) {
        match phase {
            "baseline" => self.load_began_us = Some(now_us),
            "inject" | "recovery" | "recovered" => {}
            _ if self.load_began_us.is_some() => {
                self.load_ended_us.get_or_insert(now_us);
            }
            _ => {}
        }
        (self.phase, self.phase_began_us) = (phase, now_us);
    }

    /// How long the load has gone, or went; `None` before it.
    pub fn load_elapsed_us(&self, now_us: u64) -> Option<u64> {
        let until_us = self.load_ended_us.unwrap_or(now_us);
        Some(until_us.saturating_sub(self.load_began_us?))
    }

    /// A few times a second.
    pub fn sample(&mut self, counters: Counters, now_us: u64) {
        self.now_us = now_us;
        self.rates.sample(counters, now_us);
        if self.load_began_us.is_some() {
            self.heat.pass(now_us);
        }
        self.method.pass(now_us);
        self.orders.give_up(now_us);
    }

    pub fn said(&mut self, line: &str) {
        self.method.said(line, self.now_us);
    }

    /// A line of the history, after it was written.
    pub fn line(&mut self, line: HistoryLine) {
        self.trouble(&line);
        let is_load = orders::op_of(&line) >= PRIMING * OPS_PER_ARRIVAL;
        let may_tell = claims::may_tell(&line);
        let end = match &line {
            HistoryLine::Terminal { at_us, outcome, .. } => Some((*at_us, outcome.to_string())),
            _ => None,
        };
        let answered_us = match &line {
            HistoryLine::Ok { op, at_us, .. } if op.is_multiple_of(OPS_PER_ARRIVAL) => Some(*at_us),
            _ => None,
        };
        let Some(order) = self.orders.take(line) else {
            return;
        };
        if may_tell {
            self.claims.look(order);
        }
        // The first orders wait for the catalogue: they are not measured.
        if !is_load {
            return;
        }
        let since = |at_us: u64| at_us.saturating_sub(order.intended_us);
        if let Some(at_us) = answered_us {
            self.latency.record(ACKNOWLEDGED, at_us, since(at_us));
        }
        if let Some((at_us, outcome)) = end
            && order.step == Step::Ended
        {
            let coordination = &order.place.coordination;
            self.latency.record(coordination, at_us, since(at_us));
            self.heat.record(at_us, since(at_us));
            self.outcomes.add(&outcome);
        }
    }

    /// As the load counts them: a refusal that is an answer is none.
    fn trouble(&mut self, line: &HistoryLine) {
        match line {
            HistoryLine::Failed {
                op, status, why, ..
            } => {
                let may_be_early = || {
                    let asked = self.orders.invocation(*op).map(|it| &it.action);
                    matches!(asked, Some(Action::Read { token: None, .. }))
                };
                match status {
                    Some(409) => {}
                    Some(404) if may_be_early() => {}
                    Some(status) => self.troubles.add(&format!("failed: {status} {why}")),
                    None => self.troubles.add(&format!("failed: {why}")),
                }
            }
            HistoryLine::Unknown { why, .. } => self.troubles.add(&format!("unknown: {why}")),
            _ => {}
        }
    }
}
