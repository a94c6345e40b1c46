//! Every claim holds in every state of every model, everything was seen, and there are
//! as many states as there were: a model that changed silently shows.

use model_check::{run::run, scenario};

const STATES: [(&str, usize); 15] = [
    ("pivot-choreography", 13_579),
    ("pivot-orchestration", 121_385),
    ("out-of-stock-choreography", 4_430),
    ("out-of-stock-orchestration", 19_877),
    ("insufficient-funds-choreography", 10_774),
    ("insufficient-funds-orchestration", 37_735),
    ("account-blocked-choreography", 10_774),
    ("account-blocked-orchestration", 37_735),
    ("not-serviceable-choreography", 8_082),
    ("not-serviceable-orchestration", 58_349),
    ("repeated-deadline-choreography", 31_616),
    ("repeated-deadline-orchestration", 230_479),
    ("competition-choreography", 312_771),
    ("competition-orchestration", 1_398_310),
    ("competition-mixed", 663_459),
];

#[test]
fn every_model_is_a_proof_of_the_pinned_size() {
    let reports = run(&scenario::all(), 2, &|_, _| ());
    let mut states = Vec::new();
    for (model, report) in &reports {
        let report = report.as_ref().expect("the checker ends with an answer");
        if let Some(violation) = report.violations.first() {
            panic!(
                "{model} violates {:?}:\n{}",
                violation.claims, violation.story
            );
        }
        assert!(
            report.unseen.is_empty(),
            "{model} never saw {:?}",
            report.unseen
        );
        states.push((model.as_str(), report.states));
    }
    assert_eq!(states, STATES);
}
