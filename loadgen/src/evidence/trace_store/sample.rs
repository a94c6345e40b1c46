//! Which orders' traces are looked at, when there are more than can be.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use checkers::history::Operation;

/// Of a sample, this part goes to the slowest orders: there is most to explain.
const SLOWEST_PART: usize = 10;

/// Spread over the whole run, with the slowest among them.
pub fn evenly_and_the_slowest<'a>(operations: &[&'a Operation], max: usize) -> Vec<&'a Operation> {
    if operations.len() <= max {
        return operations.to_vec();
    }
    let mut by_latency: Vec<usize> = (0..operations.len()).collect();
    by_latency.sort_by_key(|at| Reverse(latency_us(operations[*at])));
    let mut chosen: BTreeSet<usize> = by_latency.into_iter().take(max / SLOWEST_PART).collect();
    let others: Vec<usize> = (0..operations.len())
        .filter(|at| !chosen.contains(at))
        .collect();
    let even = max - chosen.len();
    chosen.extend((0..even).map(|nth| others[nth * others.len() / even]));
    chosen.into_iter().map(|at| operations[at]).collect()
}

/// An order that was not seen to end is the slowest of all.
fn latency_us(operation: &Operation) -> u64 {
    operation.terminal.as_ref().map_or(u64::MAX, |terminal| {
        terminal
            .at_us
            .saturating_sub(operation.invocation.intended_us)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::history::{Action, Completion, Invocation, Outcome, Terminal};
    use uuid::Uuid;

    fn operation(op: u64, latency_us: u64) -> Operation {
        Operation {
            invocation: Invocation {
                op,
                session: 0,
                trace_id: String::new(),
                span_id: String::new(),
                intended_us: 0,
                sent_us: 0,
                action: Action::Cancel {
                    of: 0,
                    order_id: Uuid::nil(),
                },
            },
            completion: Completion::Unknown {
                at_us: 0,
                why: String::new(),
            },
            terminal: Some(Terminal {
                at_us: latency_us,
                outcome: Outcome::confirmed(),
                version: 2,
            }),
        }
    }

    #[test]
    fn a_sample_is_bounded_spread_and_has_the_slowest() {
        let all: Vec<Operation> = (0..1_000)
            .map(|op| operation(op, if op == 777 { 9_999 } else { 1 }))
            .collect();
        let all: Vec<&Operation> = all.iter().collect();
        let sample = evenly_and_the_slowest(&all, 100);
        assert_eq!(sample.len(), 100);
        assert!(sample.iter().any(|operation| operation.op() == 777));
        assert!(sample.iter().any(|o| o.op() < 20) && sample.iter().any(|o| o.op() > 980));
        assert_eq!(evenly_and_the_slowest(&all, 5_000).len(), 1_000);
        assert!(evenly_and_the_slowest(&all, 0).is_empty());
    }
}
