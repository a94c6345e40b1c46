//! What a run must have met to have tested it. Not seen is not wrong; it is not tested, and the run says so.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::Run;
use crate::history::{Completion, Status};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sometimes {
    pub name: &'static str,
    pub seen: u64,
}

pub fn sometimes(run: &Run) -> Vec<Sometimes> {
    let mut seen = outcomes(run);
    seen.extend(races(run));
    seen.extend(repetitions(run));
    seen
}

fn outcomes(run: &Run) -> Vec<Sometimes> {
    let rows = run
        .state
        .orders
        .get()
        .map_or(&[][..], |rows| rows.orders.as_slice());
    let ended = |status, reason: Option<&str>| {
        rows.iter()
            .filter(|row| row.status == status && row.reason.as_deref() == reason)
            .count() as u64
    };
    vec![
        Sometimes {
            name: "confirmed",
            seen: ended(Status::Confirmed, None),
        },
        Sometimes {
            name: "rejected: out of stock",
            seen: ended(Status::Rejected, Some("out_of_stock")),
        },
        Sometimes {
            name: "rejected: insufficient funds",
            seen: ended(Status::Rejected, Some("insufficient_funds")),
        },
        Sometimes {
            name: "rejected: account blocked",
            seen: ended(Status::Rejected, Some("account_blocked")),
        },
        Sometimes {
            name: "rejected: not serviceable",
            seen: ended(Status::Rejected, Some("not_serviceable")),
        },
        Sometimes {
            name: "cancelled by its deadline",
            seen: ended(Status::Cancelled, Some("deadline")),
        },
    ]
}

/// A cancel races the pivot: both must have won.
fn races(run: &Run) -> Vec<Sometimes> {
    let cancels = run.history.cancels();
    let rows = run
        .state
        .orders
        .get()
        .map_or(&[][..], |rows| rows.orders.as_slice());
    let ended: std::collections::BTreeMap<_, _> =
        rows.iter().map(|row| (row.order_id, row.status)).collect();
    let (mut won, mut lost) = (0, 0);
    for placed in run.history.placed() {
        let Some(promise) = placed.operation.promise() else {
            continue;
        };
        if !cancels.contains_key(&placed.operation.op()) {
            continue;
        }
        match ended.get(&promise.order_id) {
            Some(Status::Cancelled) => won += 1,
            Some(Status::Confirmed) => lost += 1,
            Some(Status::Placed | Status::Rejected) | None => {}
        }
    }
    vec![
        Sometimes {
            name: "cancel won",
            seen: won,
        },
        Sometimes {
            name: "cancel lost",
            seen: lost,
        },
    ]
}

fn repetitions(run: &Run) -> Vec<Sometimes> {
    let released: BTreeSet<_> = run
        .state
        .inventory
        .get()
        .into_iter()
        .flat_map(|rows| &rows.ledger)
        .filter(|row| row.kind == "release")
        .map(|row| row.cause)
        .collect();
    let no_journal = Default::default();
    let journal = run
        .journal
        .as_ref()
        .and_then(|part| part.get())
        .unwrap_or(&no_journal);
    let duplicates: f64 = run
        .telemetry
        .get()
        .into_iter()
        .flat_map(|telemetry| &telemetry.counters)
        .filter(|series| series.label("outcome") == "duplicate")
        .map(|series| series.rise(run.started_ms, journal))
        .sum();
    let spans = || {
        run.traces
            .get()
            .into_iter()
            .flat_map(|traces| &traces.traces)
            .flat_map(|t| &t.spans)
    };
    let resent = run
        .history
        .operations
        .iter()
        .filter(|operation| match &operation.completion {
            Completion::Ok { promise, .. } => promise.attempts > 1,
            Completion::Failed { .. } | Completion::Unknown { .. } => false,
        });
    vec![
        Sometimes {
            name: "compensation",
            seen: released.len() as u64,
        },
        Sometimes {
            name: "duplicate message dropped",
            seen: duplicates as u64,
        },
        Sometimes {
            name: "redelivery (in sampled traces)",
            seen: spans().filter(|span| span.redelivered).count() as u64,
        },
        Sometimes {
            name: "request sent again with the same key",
            seen: resent.count() as u64,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_counted_and_what_did_not_is_zero() {
        let seen = sometimes(&crate::example::run());
        let of = |name| seen.iter().find(|s| s.name == name).map(|s| s.seen);
        assert_eq!(of("confirmed"), Some(1));
        assert_eq!(of("rejected: not serviceable"), Some(1));
        assert_eq!(of("rejected: out of stock"), Some(0));
        assert_eq!(of("cancel won"), Some(1));
        assert_eq!(of("cancel lost"), Some(0));
        assert_eq!(of("compensation"), Some(2));
    }

    #[test]
    fn what_a_run_met_in_passing_is_counted_too() {
        use crate::example;
        let mut run = example::run();
        let of = |run: &Run, name| {
            let seen = sometimes(run);
            seen.iter().find(|s| s.name == name).map(|s| s.seen)
        };
        let sent_again = "request sent again with the same key";
        let (duplicate, redelivery) = (
            "duplicate message dropped",
            "redelivery (in sampled traces)",
        );
        for name in [sent_again, duplicate, redelivery] {
            assert_eq!(of(&run, name), Some(0), "{name}");
        }

        example::orders(&mut run).orders[2].status = Status::Confirmed;
        if let Completion::Ok { promise, .. } = &mut run.history.operations[0].completion {
            promise.attempts = 2;
        }
        example::traces(&mut run).traces[0].spans[1].redelivered = true;
        let counters = &mut example::telemetry(&mut run).counters;
        let mut dropped = counters[0].clone();
        dropped.labels = [("outcome".to_owned(), "duplicate".to_owned())].into();
        dropped.samples[0].1 = 5.0;
        counters.push(dropped);

        assert_eq!(of(&run, "cancel won"), Some(0));
        assert_eq!(of(&run, "cancel lost"), Some(1));
        assert_eq!(of(&run, sent_again), Some(1));
        assert_eq!(of(&run, duplicate), Some(5));
        assert_eq!(of(&run, redelivery), Some(1));
    }
}
