//! Whether the traces are those that were asked for: each of an order of this history, and none of them missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::Operation;
use crate::traces::Traces;
use crate::verdict::{Examination, grouped};

/// `acknowledged`: the orders that have traces, by their operations.
pub fn check(acknowledged: &BTreeMap<u64, &Operation>, traces: &Traces, exam: &mut Examination) {
    let of: BTreeSet<u64> = traces.traces.iter().map(|trace| trace.op).collect();
    let (ours, foreign): (Vec<u64>, Vec<u64>) =
        of.into_iter().partition(|op| acknowledged.contains_key(op));
    if let Some(first) = foreign.first() {
        let foreign = grouped(foreign.len() as u64);
        exam.unknown(format!(
            "{foreign} traces are of no acknowledged order of the history, the first of op {first}"
        ));
    }
    match traces.asked {
        Some(asked) if asked == ours.len() as u64 => {}
        Some(asked) => {
            let (ours, asked) = (grouped(ours.len() as u64), grouped(asked));
            exam.unknown(format!(
                "{asked} traces were asked for, and there are {ours}"
            ));
        }
        None => exam.unknown("nobody wrote down how many traces were asked for"),
    }
}
