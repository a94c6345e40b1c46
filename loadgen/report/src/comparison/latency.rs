//! The latencies that are compared, each from the intended start.

use std::collections::BTreeSet;

use crate::findings::Findings;
use crate::findings::orders::Order;

pub enum Latency {
    Acknowledgement,
    /// Of the orders of one coordination.
    End {
        coordination: String,
    },
}

/// Those that either run has.
pub fn all(runs: &[Findings; 2]) -> Vec<Latency> {
    let coordinations: BTreeSet<String> = runs.iter().flat_map(Findings::coordinations).collect();
    let ends = coordinations
        .into_iter()
        .map(|coordination| Latency::End { coordination });
    [Latency::Acknowledgement].into_iter().chain(ends).collect()
}

impl Latency {
    /// After the word that says how much of it: `p99`, `time`.
    pub fn name(&self) -> String {
        match self {
            Latency::Acknowledgement => "to the acknowledgement".into(),
            Latency::End { coordination } => format!("to the end by {coordination}"),
        }
    }

    /// `None` of an order that has it not.
    pub fn ms(&self, order: &Order) -> Option<f64> {
        match self {
            Latency::Acknowledgement => order.acknowledged_ms(),
            Latency::End { coordination } if order.coordination == *coordination => {
                order.ended_ms()
            }
            Latency::End { .. } => None,
        }
    }
}
