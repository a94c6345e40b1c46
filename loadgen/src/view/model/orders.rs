//! The orders that are under way, each with the lines of the history that are about it.
//!
//! The public API shows no step between `placed` and the end: what an order does meanwhile is not known here, only how
//! long it has done it.

use std::collections::{BTreeMap, VecDeque};

use checkers::history::{Action, HistoryLine, Invocation, Place};

use crate::clock::as_us;
use crate::drive::operation::WATCH;
use crate::drive::plan::OPS_PER_ARRIVAL;

/// Orders that have ended are kept for the reads after the end, which come at once: some seconds of the highest load.
const ENDED_KEPT: usize = 8_192;

/// What the load generator last saw of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// No answer yet.
    Sent,
    /// The answer said `placed`.
    Acknowledged,
    Ended,
}

pub struct Order {
    pub place: Place,
    pub intended_us: u64,
    pub sent_us: u64,
    pub step: Step,
    /// A cancel was sent and is not answered.
    pub is_cancel_open: bool,
    /// All lines about it, in their order.
    pub lines: Vec<HistoryLine>,
    /// Wrong findings so far, by claim: `None` where nothing could be looked at.
    pub wrong: [Option<u64>; super::claims::COUNT],
}

#[derive(Default)]
pub struct Orders {
    /// By the number of the arrival.
    orders: BTreeMap<u64, Order>,
    ended: VecDeque<u64>,
    /// Their placement had no answer: they may exist, and nobody watches them.
    pub lost: u64,
    /// Watched to no end.
    pub given_up: u64,
}

/// The operation that a line is about.
pub fn op_of(line: &HistoryLine) -> u64 {
    match line {
        HistoryLine::Invoke(invocation) => invocation.op,
        HistoryLine::Ok { op, .. }
        | HistoryLine::Failed { op, .. }
        | HistoryLine::Unknown { op, .. }
        | HistoryLine::Terminal { op, .. } => *op,
    }
}

impl Orders {
    /// The order that the line is about, after it; `None` when it is over or was forgotten.
    pub fn take(&mut self, line: HistoryLine) -> Option<&mut Order> {
        let op = op_of(&line);
        let arrival = op / OPS_PER_ARRIVAL;
        let is_place = op.is_multiple_of(OPS_PER_ARRIVAL);
        if let HistoryLine::Invoke(invocation) = &line
            && let Action::Place(place) = &invocation.action
        {
            self.orders.insert(
                arrival,
                Order {
                    place: place.clone(),
                    intended_us: invocation.intended_us,
                    sent_us: invocation.sent_us,
                    step: Step::Sent,
                    is_cancel_open: false,
                    lines: Vec::new(),
                    wrong: Default::default(),
                },
            );
        }
        match &line {
            HistoryLine::Failed { .. } if is_place => {
                self.orders.remove(&arrival);
                return None;
            }
            HistoryLine::Unknown { .. } if is_place => {
                self.orders.remove(&arrival);
                self.lost += 1;
                return None;
            }
            // The first sight of the end counts.
            HistoryLine::Terminal { .. } => self.end(arrival)?,
            _ => {}
        }
        let order = self.orders.get_mut(&arrival)?;
        let is_cancel = op == arrival * OPS_PER_ARRIVAL + 1;
        match &line {
            HistoryLine::Invoke(_) if is_cancel => order.is_cancel_open = true,
            _ if is_cancel => order.is_cancel_open = false,
            HistoryLine::Ok { .. } if is_place => order.step = Step::Acknowledged,
            _ => {}
        }
        order.lines.push(line);
        Some(order)
    }

    fn end(&mut self, arrival: u64) -> Option<()> {
        let order = self.orders.get_mut(&arrival)?;
        if order.step == Step::Ended {
            return None;
        }
        order.step = Step::Ended;
        self.ended.push_back(arrival);
        if self.ended.len() > ENDED_KEPT
            && let Some(oldest) = self.ended.pop_front()
        {
            self.orders.remove(&oldest);
        }
        Some(())
    }

    /// What asked for this answer, where it is not forgotten.
    pub fn invocation(&self, op: u64) -> Option<&Invocation> {
        let order = self.orders.get(&(op / OPS_PER_ARRIVAL))?;
        order.lines.iter().find_map(|line| match line {
            HistoryLine::Invoke(invocation) if invocation.op == op => Some(invocation),
            _ => None,
        })
    }

    /// Those that nobody watches any more are over. Without it an outage of hours would fill the memory.
    pub fn give_up(&mut self, now_us: u64) {
        // The watch begins with the answer, and its last read may be held.
        let bound_us = 2 * as_us(WATCH);
        let is_over = |order: &Order| {
            order.step != Step::Ended && now_us.saturating_sub(order.sent_us) > bound_us
        };
        let before = self.orders.len();
        self.orders.retain(|_, order| !is_over(order));
        self.given_up += (before - self.orders.len()) as u64;
    }

    pub fn under_way(&self) -> impl Iterator<Item = &Order> {
        self.orders
            .values()
            .filter(|order| order.step != Step::Ended)
    }
}
