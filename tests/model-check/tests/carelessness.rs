//! A mistake planted in the pipeline is found, by the claim that should find it, and the
//! counterexample can be read.

use decider::Coordination::{Choreography, Orchestration};
use model_check::{
    carelessness::Carelessness,
    check::{Report, check},
    claims,
    scenario::{self, Scenario},
};

fn careless(scenario: Scenario, carelessness: Carelessness) -> Report {
    let scenario = scenario.careless(carelessness);
    check(scenario, |_| ()).expect("the checker ends with an answer")
}

#[track_caller]
fn assert_found(carelessness: Carelessness, claim: &str) {
    for coordination in [Choreography, Orchestration] {
        for scenario in [scenario::pivot, scenario::competition] {
            let report = careless(scenario(coordination), carelessness);
            let violated: Vec<_> = report.violated().collect();
            assert!(violated.contains(&claim), "{}: {violated:?}", report.model);
        }
    }
}

#[test]
fn an_acknowledgement_before_the_commit_leaves_an_order_without_an_end() {
    assert_found(Carelessness::AckBeforeCommit, claims::ENDED);
}

#[test]
fn without_an_outbox_an_order_stays_without_an_end() {
    assert_found(Carelessness::NoOutbox, claims::ENDED);
}

#[test]
fn an_inbox_outside_the_transaction_leaves_an_order_without_an_end() {
    assert_found(Carelessness::InboxApart, claims::ENDED);
}

#[test]
fn without_row_locks_a_step_takes_effect_twice() {
    assert_found(Carelessness::NoRowLocks, claims::ONE_EFFECT);
}

#[test]
fn without_row_locks_one_unit_is_reserved_for_two() {
    let report = careless(
        scenario::competition(Choreography),
        Carelessness::NoRowLocks,
    );
    assert!(report.violated().any(|claim| claim == claims::NOT_NEGATIVE));
    assert!(report.violated().any(|claim| claim == claims::STOCK));
}

/// The inbox is the second line of defence: the cores decide a repetition rightly by
/// themselves.
#[test]
fn without_an_inbox_the_cores_still_keep_every_claim() {
    for scenario in scenario::all() {
        if scenario.orders == 1 {
            let report = careless(scenario, Carelessness::NoInbox);
            assert!(report.is_proof(), "{report:#?}");
        }
    }
}

#[test]
fn a_counterexample_says_who_received_what_and_decided_what_and_what_was_then() {
    let report = careless(
        scenario::pivot(Orchestration),
        Carelessness::AckBeforeCommit,
    );
    let lost = (report.violations.iter())
        .find(|violation| violation.claims.contains(&claims::NOTHING_HELD))
        .expect("stock stays reserved");
    assert_eq!(lost.story, include_str!("stories/ack_before_commit.txt"));
}
