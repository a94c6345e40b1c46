//! The model hears a small history: what it makes of orders, troubles and claims.

use std::time::Duration;

use checkers::history::{Action, HistoryLine, Invocation, Outcome, Place, Promise};
use uuid::Uuid;

use super::brief::Brief;
use super::claims::SoFar;
use super::orders::Step;
use super::{Model, OPS_PER_ARRIVAL, PRIMING};
use crate::drive::plan::CHOREOGRAPHY;
use crate::workload::Pace;

pub const SECOND: u64 = 1_000_000;
/// The first order of the load.
pub const FIRST: u64 = PRIMING * OPS_PER_ARRIVAL;
/// Unix time at which these runs begin.
pub const BEGAN_US: u64 = 1_000 * SECOND;

pub fn model() -> Model {
    let brief = Brief {
        title: "A little of everything".into(),
        pace: Pace::Open,
        seed: 7,
        length: Duration::from_secs(60),
        method: Some("chaos apply".into()),
        baseline: Duration::from_secs(10),
        method_timeout: Duration::from_secs(600),
        recovery: Duration::from_secs(60),
        drain: Duration::from_secs(90),
    };
    let mut model = Model::new(brief, BEGAN_US);
    model.enter("baseline", BEGAN_US);
    model
}

fn invoked(op: u64, at_us: u64, action: Action) -> HistoryLine {
    HistoryLine::Invoke(Invocation {
        op,
        session: 1,
        trace_id: String::new(),
        span_id: String::new(),
        intended_us: at_us,
        sent_us: at_us,
        action,
    })
}

pub fn place(op: u64, at_us: u64, allowed: Outcome) -> HistoryLine {
    let place = Place {
        key: op.to_string(),
        customer: "ada".into(),
        lines: Vec::new(),
        total_minor: 100,
        country: "NO".into(),
        postcode: op.to_string(),
        coordination: CHOREOGRAPHY.into(),
        allowed: vec![allowed],
    };
    invoked(op, at_us, Action::Place(place))
}

pub fn read(op: u64, of: u64, at_us: u64, token: Option<i64>) -> HistoryLine {
    let order_id = Uuid::from_u128(of.into());
    invoked(
        op,
        at_us,
        Action::Read {
            of,
            order_id,
            token,
        },
    )
}

pub fn answer(op: u64, at_us: u64, version: i64) -> HistoryLine {
    let promise = Promise {
        order_id: Uuid::from_u128((op / OPS_PER_ARRIVAL * OPS_PER_ARRIVAL).into()),
        version: Some(version),
        status: None,
        stale: false,
        attempts: 1,
    };
    HistoryLine::Ok { op, at_us, promise }
}

pub fn end(op: u64, at_us: u64, outcome: Outcome) -> HistoryLine {
    HistoryLine::Terminal {
        op,
        at_us,
        outcome,
        version: 2,
    }
}

fn failed(op: u64, status: u16) -> HistoryLine {
    HistoryLine::Failed {
        op,
        at_us: BEGAN_US,
        status: Some(status),
        why: "no".into(),
    }
}

/// An order that ends as it must, in version 2, a second after it was sent.
pub fn ended(model: &mut Model, op: u64, allowed: Outcome, outcome: Outcome) {
    model.line(place(op, BEGAN_US, allowed));
    model.line(answer(op, BEGAN_US + SECOND / 10, 1));
    model.line(end(op, BEGAN_US + SECOND, outcome));
}

fn so_far(model: &Model, id: &str) -> SoFar {
    let mut standings = model.claims.standings.iter();
    let standing = standings.find(|standing| standing.claim.id == id);
    standing.expect("a claim").so_far()
}

#[test]
fn the_load_is_over_when_it_is_drained_and_not_before() {
    let mut model = model();
    let elapsed_s = |model: &Model| {
        let elapsed_us = model.load_elapsed_us(BEGAN_US + 90 * SECOND);
        elapsed_us.map(|us| us / SECOND)
    };
    model.enter("recovered", BEGAN_US + 50 * SECOND);
    assert_eq!(elapsed_s(&model), Some(90));
    model.enter("drain", BEGAN_US + 60 * SECOND);
    model.enter("quiet", BEGAN_US + 70 * SECOND);
    assert_eq!(elapsed_s(&model), Some(60), "nothing more is intended");
}

#[test]
fn an_answer_and_an_end_are_latencies_from_the_intended_start() {
    let mut model = model();
    ended(
        &mut model,
        FIRST,
        Outcome::confirmed(),
        Outcome::confirmed(),
    );
    let rows = model.latency.rows(BEGAN_US + SECOND);
    let found: Vec<(&str, f64)> = (rows.iter())
        .map(|row| (row.name.as_str(), row.since_start.max_ms.round()))
        .collect();
    assert_eq!(found, [("acknowledged", 100.0), (CHOREOGRAPHY, 1_000.0)]);
    assert_eq!(model.outcomes.ranked(), [("confirmed", 1)]);
}

#[test]
fn orders_that_wait_for_the_catalogue_are_not_measured() {
    let mut model = model();
    ended(&mut model, 0, Outcome::confirmed(), Outcome::confirmed());
    assert_eq!(model.outcomes.ranked(), []);
    assert_eq!(so_far(&model, "I19"), SoFar::NotRefuted, "but judged");
}

#[test]
fn an_order_is_under_way_until_its_end_is_seen() {
    let mut model = model();
    let steps = |model: &Model| -> Vec<Step> {
        let orders = model.orders.under_way();
        orders.map(|order| order.step).collect()
    };
    model.line(place(FIRST, BEGAN_US, Outcome::confirmed()));
    assert_eq!(steps(&model), [Step::Sent]);
    model.line(answer(FIRST, BEGAN_US, 1));
    assert_eq!(steps(&model), [Step::Acknowledged]);
    model.line(end(FIRST, BEGAN_US, Outcome::confirmed()));
    assert_eq!(steps(&model), []);
    model.line(end(FIRST, BEGAN_US, Outcome::confirmed()));
    assert_eq!(model.outcomes.ranked(), [("confirmed", 1)], "once");
}

#[test]
fn a_lost_answer_leaves_an_order_that_nobody_watches() {
    let mut model = model();
    model.line(place(FIRST, BEGAN_US, Outcome::confirmed()));
    model.line(HistoryLine::Unknown {
        op: FIRST,
        at_us: BEGAN_US,
        why: "no answer in time".into(),
    });
    assert_eq!(
        (model.orders.under_way().count(), model.orders.lost),
        (0, 1)
    );
    assert_eq!(model.troubles.ranked(), [("unknown: no answer in time", 1)]);
}

#[test]
fn an_order_that_never_ends_is_given_up_when_nobody_watches_it_any_more() {
    let mut model = model();
    model.line(place(FIRST, BEGAN_US, Outcome::confirmed()));
    model.line(answer(FIRST, BEGAN_US, 1));
    model.sample(Default::default(), BEGAN_US + 60 * SECOND);
    assert_eq!(model.orders.under_way().count(), 1);
    model.sample(Default::default(), BEGAN_US + 600 * SECOND);
    assert_eq!(
        (model.orders.under_way().count(), model.orders.given_up),
        (0, 1)
    );
}

#[test]
fn a_refusal_that_is_an_answer_is_no_trouble() {
    let mut model = model();
    model.line(place(FIRST, BEGAN_US, Outcome::confirmed()));
    model.line(answer(FIRST, BEGAN_US, 1));
    model.line(read(FIRST + 2, FIRST, BEGAN_US, None));
    model.line(failed(FIRST + 2, 404));
    model.line(failed(FIRST + 1, 409));
    assert_eq!(model.troubles.ranked(), []);
    model.line(read(FIRST + 3, FIRST, BEGAN_US, Some(1)));
    model.line(failed(FIRST + 3, 404));
    assert_eq!(model.troubles.ranked(), [("failed: 404 no", 1)]);
}

#[test]
fn nothing_is_known_of_a_claim_before_something_could_be_looked_at() {
    let mut model = model();
    model.line(place(FIRST, BEGAN_US, Outcome::confirmed()));
    for id in ["I9", "I10", "I19"] {
        assert_eq!(so_far(&model, id), SoFar::Unknown, "{id}");
    }
}

#[test]
fn a_read_behind_the_end_that_was_seen_refutes_i9_once() {
    let mut model = model();
    ended(
        &mut model,
        FIRST,
        Outcome::confirmed(),
        Outcome::confirmed(),
    );
    model.line(read(FIRST + 3, FIRST, BEGAN_US + 2 * SECOND, None));
    model.line(answer(FIRST + 3, BEGAN_US + 3 * SECOND, 1));
    assert_eq!(so_far(&model, "I9"), SoFar::Invalid);
    model.line(read(FIRST + 2, FIRST, BEGAN_US + 4 * SECOND, None));
    model.line(answer(FIRST + 2, BEGAN_US + 5 * SECOND, 2));
    assert_eq!(
        (model.claims.standings[0].wrong, model.claims.findings.len()),
        (1, 1)
    );
    assert_eq!(model.claims.findings[0].1.found, "version 1");
}

#[test]
fn a_read_with_a_token_that_sees_less_refutes_i10() {
    let mut model = model();
    model.line(place(FIRST, BEGAN_US, Outcome::confirmed()));
    model.line(answer(FIRST, BEGAN_US, 2));
    model.line(read(FIRST + 2, FIRST, BEGAN_US, Some(2)));
    model.line(answer(FIRST + 2, BEGAN_US + SECOND, 1));
    assert_eq!(so_far(&model, "I10"), SoFar::Invalid);
}

#[test]
fn an_end_that_was_not_predicted_refutes_i19_and_a_deadline_does_not() {
    let mut model = model();
    let blocked = || Outcome::rejected("account_blocked");
    ended(&mut model, FIRST, blocked(), blocked());
    ended(
        &mut model,
        FIRST + 4,
        blocked(),
        Outcome::cancelled("deadline"),
    );
    assert_eq!(so_far(&model, "I19"), SoFar::NotRefuted);
    ended(&mut model, FIRST + 8, blocked(), Outcome::confirmed());
    assert_eq!(so_far(&model, "I19"), SoFar::Invalid);
    let (_, finding) = model.claims.findings.back().expect("a finding");
    assert_eq!(finding.expected, "rejected/account_blocked");
    assert_eq!(finding.found, "confirmed");
}
