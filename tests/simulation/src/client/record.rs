//! The history: what was asked, and what was promised.

use super::{Client, ask::Answer};
use crate::{plan::Planned, timeline::EPOCH_MS};
use checkers::history::{Action, HistoryLine, Invocation, Promise};
use orders_contract::OrderId;
use std::{collections::BTreeSet, sync::PoisonError};

impl Client {
    pub fn history(&self) -> Vec<HistoryLine> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *lines)
    }

    pub(super) fn invoke(&self, planned: &Planned, op: u64, action: Action) {
        self.process.note(format_args!(
            "asks op {op} about order {}",
            planned.order_id
        ));
        self.write(HistoryLine::Invoke(Invocation {
            op,
            session: 0,
            trace_id: String::new(),
            span_id: String::new(),
            intended_us: self.now_us(),
            sent_us: self.now_us(),
            action,
        }));
    }

    pub(super) fn complete(&self, op: u64, order_id: OrderId, answer: Answer) {
        let at_us = self.now_us();
        let line = match answer {
            Answer::Ok { version, attempts } => HistoryLine::Ok {
                op,
                at_us,
                promise: Promise {
                    order_id: order_id.0,
                    version: Some(version),
                    status: None,
                    stale: false,
                    attempts,
                },
            },
            Answer::Failed { status, why } => HistoryLine::Failed {
                op,
                at_us,
                status: Some(status),
                why,
            },
            Answer::Unknown(why) => HistoryLine::Unknown { op, at_us, why },
        };
        let word = match &line {
            HistoryLine::Ok { .. } => "ok",
            HistoryLine::Failed { why, .. } | HistoryLine::Unknown { why, .. } => why,
            HistoryLine::Invoke(_) | HistoryLine::Terminal { .. } => "",
        };
        self.process
            .note(format_args!("is told of op {op}: {word}"));
        self.write(line);
    }

    pub(super) fn write(&self, line: HistoryLine) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }

    pub(super) fn has_answered(&self, ops: &BTreeSet<u64>) -> bool {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let answered =
            |line: &HistoryLine| matches!(line, HistoryLine::Ok { op, .. } if ops.contains(op));
        lines.iter().any(answered)
    }

    pub(super) fn now_us(&self) -> u64 {
        EPOCH_MS * 1_000 + self.process.world.timeline.now_us()
    }
}
