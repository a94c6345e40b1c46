//! Runs that are wrong in one way each: the claim that must find it does, and says where to look.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::broken_run;
use crate::history::{Action, Completion, Outcome, Status};
use crate::state::{DeadLetter, Part, ShipmentRow};
use crate::{Evidence, Run, Verdict, claims, example, judge};

struct Wrong {
    what: &'static str,
    claim: &'static str,
    write: fn(&mut Run),
    /// How the evidence names the step or the place, and what was found there.
    step: &'static str,
    found: &'static str,
    /// The operation that placed the order it is about.
    of: Option<usize>,
}

const WRONG: [Wrong; 20] = [
    Wrong {
        what: "a deposit that nobody made",
        claim: "I1",
        write: |run| example::payments(run).accounts[0].available_minor += 1,
        step: "payments.accounts.available_minor",
        found: "981",
        of: None,
    },
    Wrong {
        what: "a unit that vanished",
        claim: "I2",
        write: |run| example::inventory(run).skus[0].on_hand -= 1,
        step: "inventory.skus.on_hand",
        found: "97",
        of: None,
    },
    Wrong {
        what: "an order that was acknowledged and is gone",
        claim: "I3",
        write: |run| drop(example::orders(run).orders.remove(0)),
        step: "orders.orders",
        found: "none",
        of: Some(0),
    },
    Wrong {
        what: "a shipment that nobody asked for",
        claim: "I4",
        write: |run| {
            let (order_id, state) = (Uuid::from_u128(77), "arranged".to_owned());
            let shipments = &mut example::shipping(run).shipments;
            shipments.push(ShipmentRow { order_id, state });
        },
        step: "shipping.shipments",
        found: "a row",
        of: None,
    },
    Wrong {
        what: "a capture that was done twice",
        claim: "I5",
        write: |run| {
            let ledger = &mut example::payments(run).ledger;
            let captured: Vec<_> = (ledger.iter())
                .filter(|row| row.kind == "capture")
                .cloned()
                .collect();
            ledger.extend(captured);
        },
        step: "capture for order",
        found: "",
        of: Some(0),
    },
    Wrong {
        what: "a reservation that was never undone",
        claim: "I6",
        write: |run| {
            let released = |row: &crate::state::StockLedgerRow| row.kind == "release";
            let ledger = &mut example::inventory(run).ledger;
            let at = ledger.iter().position(released).expect("a release");
            ledger.remove(at);
        },
        step: "release",
        found: "0",
        of: Some(1),
    },
    Wrong {
        what: "a saga that stands still",
        claim: "I7",
        write: |run| example::orders(run).orders[2].status = Status::Placed,
        step: "orders.orders",
        found: "placed",
        of: Some(2),
    },
    Wrong {
        what: "a read side that stayed behind",
        claim: "I8",
        write: |run| example::order_view(run).orders[0].version = 1,
        step: "order_view.orders.version",
        found: "1",
        of: Some(0),
    },
    Wrong {
        what: "an order that went back in the eyes of one session",
        claim: "I9",
        write: |run| read(run, None, 1),
        step: "a read without a token",
        found: "version 1",
        of: Some(0),
    },
    Wrong {
        what: "a stale answer to a token",
        claim: "I10",
        write: |run| read(run, Some(2), 1),
        step: "read with token 2",
        found: "version 1",
        of: Some(0),
    },
    Wrong {
        what: "a hole in the prices",
        claim: "I11",
        write: |run| example::orders(run).catalogue[0].version = 1,
        step: "orders.catalogue",
        found: "10 (version 1)",
        of: None,
    },
    Wrong {
        what: "a hole in the events",
        claim: "I12",
        write: |run| drop(example::log(run).entries.remove(0)),
        step: "inventory.inbox",
        found: "not in events.log",
        of: None,
    },
    Wrong {
        what: "an event that did not arrive",
        claim: "I12",
        write: unhandled,
        step: "inventory.inbox",
        found: "none",
        of: Some(0),
    },
    Wrong {
        what: "a message that nobody handled",
        claim: "I13",
        write: unhandled,
        step: "queue inventory",
        found: "1 are nowhere",
        of: Some(0),
    },
    Wrong {
        what: "a dead letter that nobody can explain",
        claim: "I14",
        write: |run| {
            let entry = example::log(run).entries[0].clone();
            run.state.dead_letters = Part::Read(vec![DeadLetter {
                queue: "inventory.dead".into(),
                message_id: Some(entry.message_id.to_string()),
                order_id: entry.order_id,
                kind: Some(entry.kind),
                reason: Some("no such SKU".into()),
            }]);
        },
        step: "inventory.dead",
        found: "a dead letter: no such SKU",
        of: Some(0),
    },
    Wrong {
        what: "a recovery that took too long",
        claim: "I15",
        write: |run| {
            let Some(Part::Read(journal)) = &mut run.journal else {
                unreachable!("the run is a broken one")
            };
            journal.experiment.recovery = Some(crate::journal::Span::seconds(5));
            let open_orders = &mut example::indicators(run).open_orders[0];
            for (_, open) in open_orders.samples.iter_mut().skip(14).take(8) {
                *open = 400.0;
            }
        },
        step: "recovery from kill orders-1",
        found: "only after 8.5 s",
        of: None,
    },
    Wrong {
        what: "a span of another trace's child",
        claim: "I16",
        write: |run| {
            let spans = &mut example::traces(run).traces[1].spans;
            spans.last_mut().expect("spans").parent_id = Some("nobody".into());
        },
        step: "parent span",
        found: "nobody",
        of: Some(1),
    },
    Wrong {
        what: "a counter that invents",
        claim: "I17",
        write: |run| example::telemetry(run).counters[0].samples[0].1 += 1.0,
        step: "order.placed",
        found: "4",
        of: None,
    },
    Wrong {
        what: "a state gauge that is wrong at rest",
        claim: "I17",
        write: |run| example::telemetry(run).gauges[0].value += 1.0,
        step: "breakwater_entities",
        found: "",
        of: None,
    },
    Wrong {
        what: "an order that was refused although it was good",
        claim: "I19",
        write: |run| {
            let refused = Outcome::rejected("out_of_stock");
            let row = &mut example::orders(run).orders[0];
            (row.status, row.reason) = (refused.status, refused.reason);
        },
        step: "",
        found: "rejected/out_of_stock",
        of: Some(0),
    },
];

/// All of the example was the warm-up; the load asked for one order and got this.
fn answered_by(completion: Completion) -> Run {
    let mut run = broken_run();
    let mut asked = run.history.operations[0].clone();
    asked.invocation.op = 4;
    if let Action::Place(place) = &mut asked.invocation.action {
        (place.key, place.postcode) = ("key4".into(), "4".into());
    }
    (asked.completion, asked.terminal) = (completion, None);
    run.history.operations.push(asked);
    run.history.setup.warm_up_ops = 4;
    run
}

#[test]
fn a_load_that_got_nothing_is_unknown_although_the_warm_up_succeeded() {
    let at_us = 1_013_000_000;
    let refused = |status| Completion::Failed {
        at_us,
        status: Some(status),
        why: "refused".into(),
    };
    let lost = Completion::Unknown {
        at_us,
        why: "timeout".into(),
    };
    for completion in [refused(429), refused(422), refused(503), lost] {
        let mut run = answered_by(completion);
        let why = vec!["no place operation of the load ever succeeded".to_owned()];
        assert_eq!(Verdict::over(&judge(&run)), Verdict::Unknown(why));
        // Had the load got what the warm-up got, nothing would be wrong.
        run.history.setup.warm_up_ops = 0;
        assert_eq!(Verdict::over(&judge(&run)), Verdict::Valid);
    }
}

#[test]
fn a_load_that_sent_nothing_is_unknown_although_the_warm_up_succeeded() {
    let mut run = broken_run();
    run.history.setup.warm_up_ops = 4;
    assert_eq!(Verdict::over(&judge(&run)).label(), "unknown");
}

/// The first order once more, after its end was seen.
fn read(run: &mut Run, with: Option<i64>, version: i64) {
    let mut read = example::read_with_a_token(&run.history);
    if let Action::Read { token, .. } = &mut read.invocation.action {
        *token = with;
    }
    if let Completion::Ok { promise, .. } = &mut read.completion {
        promise.version = Some(version);
    }
    run.history.operations.push(read);
}

/// Inventory has no row of the first event.
fn unhandled(run: &mut Run) {
    let id = example::log(run).entries[0].message_id;
    let inbox = &mut example::inventory(run).mailbox.inbox;
    inbox
        .values_mut()
        .for_each(|ids| ids.retain(|it| *it != id));
}

/// The evidence that its claim has of it.
fn evidence(wrong: &Wrong) -> (Run, Vec<Evidence>) {
    let mut run = broken_run();
    (wrong.write)(&mut run);
    let reports = judge(&run);
    let report = reports.iter().find(|it| it.claim.id == wrong.claim);
    match report.map(|report| report.verdict.clone()) {
        Some(Verdict::Invalid(evidence)) => (run, evidence),
        other => panic!("{}: {} is {other:?}", wrong.what, wrong.claim),
    }
}

#[test]
fn each_is_found_by_its_claim_at_its_step() {
    for wrong in &WRONG {
        let (_, evidence) = evidence(wrong);
        let names = |row: &Evidence| {
            let is_there = format!("{} {}", row.subject, row.place).contains(wrong.step);
            is_there && row.found.contains(wrong.found)
        };
        assert!(evidence.iter().any(names), "{}: {evidence:#?}", wrong.what);
    }
}

#[test]
fn evidence_about_an_order_has_its_id_and_its_trace() {
    for wrong in &WRONG {
        let Some(op) = wrong.of else { continue };
        let (run, evidence) = evidence(wrong);
        let operation = &run.history.operations[op];
        let order_id = operation.promise().map(|promise| promise.order_id);
        let trace_id = operation.invocation.trace_id.as_str();
        let is_about_it =
            |row: &Evidence| row.order_id == order_id && row.trace_id.as_deref() == Some(trace_id);
        let is_there = evidence.iter().any(is_about_it);
        assert!(is_there, "{}: {evidence:#?}", wrong.what);
    }
}

#[test]
fn what_has_a_time_says_when() {
    let with_time = WRONG
        .iter()
        .filter(|wrong| ["I9", "I10", "I15"].contains(&wrong.claim));
    for wrong in with_time {
        let (run, evidence) = evidence(wrong);
        let at_ms = evidence[0].at_ms.expect("a time");
        assert!(at_ms > run.started_ms, "{}: {at_ms}", wrong.what);
    }
}

#[test]
fn every_claim_that_can_be_broken_has_a_run_that_breaks_it() {
    let broken: BTreeSet<&str> = WRONG.iter().map(|wrong| wrong.claim).collect();
    let all = claims::ALL.map(|claim| claim.id).into_iter();
    // A fault without a receipt may not have happened: that is unknown, never invalid.
    let expected: BTreeSet<&str> = all
        .filter(|id| *id != claims::fault_fired::CLAIM.id)
        .collect();
    assert_eq!(broken, expected);
}
