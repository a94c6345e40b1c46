//! Where the time of many orders went: their critical paths, added up by span.

use std::collections::BTreeMap;

use checkers::history::Status;
use checkers::traces::Trace;

use super::Findings;
use super::critical_path::{Stretch, critical_path};
use super::orders::Order;

/// The middle fifth: one order alone is an accident.
const MIDDLE: (f64, f64) = (0.4, 0.6);
/// The slowest twentieth.
const SLOWEST_FROM: f64 = 0.95;

/// The mean of some orders' paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    pub orders: usize,
    pub total_ms: f64,
    /// As the saga goes.
    pub steps: Vec<Step>,
}

/// A span of the path, and the wait before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub service: String,
    pub name: String,
    pub wait_ms: f64,
    pub work_ms: f64,
}

/// The paths of the confirmed orders of a coordination, the shortest first.
pub struct Paths<'a> {
    traces: Vec<(u64, &'a Trace)>,
}

impl<'a> Paths<'a> {
    /// Of those that the trace store was asked for. Empty when their spans have no times.
    pub fn of(findings: &'a Findings, coordination: &str) -> Self {
        let confirmed = |order: &&Order| {
            order.coordination == coordination
                && order
                    .end
                    .as_ref()
                    .is_some_and(|end| end.outcome.status == Status::Confirmed)
        };
        let by_op: BTreeMap<u64, &Order> = findings
            .orders
            .iter()
            .filter(confirmed)
            .map(|order| (order.op, order))
            .collect();
        let traces = findings.files.traces.get();
        let mut traces: Vec<(u64, &Trace)> = traces
            .into_iter()
            .flat_map(|traces| &traces.traces)
            .filter(|trace| by_op.contains_key(&trace.op))
            .filter_map(|trace| Some((length_us(trace)?, trace)))
            .collect();
        traces.sort_by_key(|(length_us, trace)| (*length_us, trace.op));
        Self { traces }
    }

    pub fn median(&self) -> Option<Spent> {
        self.between(MIDDLE.0, MIDDLE.1)
    }

    pub fn slowest(&self) -> Option<Spent> {
        self.between(SLOWEST_FROM, 1.0)
    }

    /// At least one, when there is one.
    fn between(&self, from: f64, to: f64) -> Option<Spent> {
        let count = self.traces.len() as f64;
        let first = (count * from).floor() as usize;
        let last = ((count * to).ceil() as usize).max(first + 1);
        let chosen = self.traces.get(first..last.min(self.traces.len()))?;
        (!chosen.is_empty()).then(|| mean(chosen))
    }
}

impl Spent {
    /// The part of the time in which a message waited, 0 to 1.
    pub fn waiting_share(&self) -> f64 {
        self.steps.iter().map(|step| step.wait_ms).sum::<f64>() / self.total_ms.max(f64::EPSILON)
    }

    /// The step that took longest, its wait included.
    pub fn longest(&self) -> Option<&Step> {
        self.steps
            .iter()
            .max_by(|left, right| left.total_ms().total_cmp(&right.total_ms()))
    }
}

impl Step {
    pub fn total_ms(&self) -> f64 {
        self.wait_ms + self.work_ms
    }
}

fn length_us(trace: &Trace) -> Option<u64> {
    let path = critical_path(&trace.spans);
    Some(path.last()?.to_us - path.first()?.from_us)
}

/// Times come from a file and may be as long as 64 bits have room for; so many of them fit into 128.
#[derive(Default)]
struct Sum {
    wait_us: u128,
    work_us: u128,
    /// From the beginning of the path, for the order of the steps.
    begins_us: u128,
    pieces: u128,
}

fn mean(traces: &[(u64, &Trace)]) -> Spent {
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for (_, trace) in traces {
        let path = critical_path(&trace.spans);
        let began_us = path.first().map_or(0, |piece| piece.from_us);
        for piece in path {
            let key = (piece.span.service.as_str(), piece.span.name.as_str());
            let sum = sums.entry(key).or_default();
            let length_us = u128::from(piece.to_us - piece.from_us);
            match piece.of {
                Stretch::Wait => sum.wait_us += length_us,
                Stretch::Work => sum.work_us += length_us,
            }
            sum.begins_us += u128::from(piece.from_us - began_us);
            sum.pieces += 1;
        }
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| sum.begins_us / sum.pieces.max(1));
    let orders = traces.len();
    let ms = |us: u128| us as f64 / 1_000.0 / orders as f64;
    Spent {
        orders,
        total_ms: ms(traces
            .iter()
            .map(|(length_us, _)| u128::from(*length_us))
            .sum()),
        steps: sums
            .into_iter()
            .map(|((service, name), sum)| Step {
                service: service.into(),
                name: name.into(),
                wait_ms: ms(sum.wait_us),
                work_ms: ms(sum.work_us),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::critical_path::tests::span;
    use super::*;

    fn trace(op: u64, wait_us: u64) -> Trace {
        let spans = vec![
            span("a", "", 1_000, 2_000),
            span("b", "a", 2_000 + wait_us, 5_000 + wait_us),
        ];
        Trace { op, spans }
    }

    #[test]
    fn the_mean_path_has_each_span_once_with_its_wait() {
        let (one, two) = (trace(1, 1_000), trace(2, 3_000));
        let spent = mean(&[(5_000, &one), (7_000, &two)]);
        assert_eq!((spent.orders, spent.total_ms), (2, 6.0));
        let steps: Vec<_> = spent
            .steps
            .iter()
            .map(|step| (step.name.as_str(), step.wait_ms, step.work_ms))
            .collect();
        assert_eq!(steps, [("process a", 0.0, 1.0), ("process b", 2.0, 3.0)]);
        assert_eq!(
            spent.longest().map(|step| step.name.as_str()),
            Some("process b")
        );
        assert!((spent.waiting_share() - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn lengths_that_no_sum_of_64_bits_holds_have_a_mean() {
        let endless = |op| Trace {
            op,
            spans: vec![span("a", "", 1, u64::MAX)],
        };
        let (one, two) = (endless(1), endless(2));
        let length_us = u64::MAX - 1;
        let spent = mean(&[(length_us, &one), (length_us, &two)]);
        let expected_ms = length_us as f64 / 1_000.0;
        assert_eq!(spent.total_ms, expected_ms);
        assert_eq!(spent.steps[0].work_ms, expected_ms);
    }

    #[test]
    fn the_slowest_are_the_last_and_one_path_is_median_and_slowest() {
        let traces: Vec<Trace> = (0..100).map(|op| trace(op, op * 1_000)).collect();
        let with_length = |trace| Some((length_us(trace)?, trace));
        let paths = Paths {
            traces: traces.iter().filter_map(with_length).collect(),
        };
        assert_eq!(
            paths.slowest().map(|spent| (spent.orders, spent.total_ms)),
            Some((5, 101.0))
        );
        assert_eq!(paths.median().map(|spent| spent.orders), Some(20));
        let one = Paths {
            traces: paths.traces[..1].to_vec(),
        };
        assert_eq!(one.median(), one.slowest());
        assert_eq!(Paths { traces: Vec::new() }.median(), None);
    }
}
