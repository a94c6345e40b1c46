//! The judge as a whole, over the small valid run.

mod wrong_histories;

use crate::state::Part;
use crate::{Report, Run, Verdict, example, judge, judge_effects};

fn broken_run() -> Run {
    Run {
        journal: Some(Part::Read(example::journal())),
        ..example::run()
    }
}

fn ids(reports: &[Report]) -> Vec<&str> {
    reports.iter().map(|report| report.claim.id).collect()
}

#[test]
fn every_claim_is_judged_in_order_and_says_what_it_examined() {
    let examined = [
        (
            "I1",
            "14 ledger rows, 0 ledger sums of earlier runs, 1 accounts, 0 wrong",
        ),
        ("I2", "7 stock ledger rows, 1 SKUs, 0 wrong"),
        (
            "I3",
            "3 acknowledged orders, 0 orders of unknown outcome, 0 refused cancels, 0 wrong",
        ),
        (
            "I4",
            "3 orders, 3 reservations, 3 payments, 3 shipments, 1 sagas, 0 wrong",
        ),
        (
            "I5",
            "7 stock ledger rows, 14 ledger rows, 12 published events, 0 wrong",
        ),
        (
            "I6",
            "1 confirmed orders, 2 rejected or cancelled orders, 21 ledger rows, 0 wrong",
        ),
        (
            "I7",
            "3 orders, 3 reservations, 3 payments, 1 orchestrated sagas, 0 wrong",
        ),
        (
            "I8",
            "3 orders, 3 projected rows, ends seen after p50 20 ms p99 20 ms max 20 ms, 0 wrong",
        ),
        ("I11", "1 prices, 1 of them changed, 0 wrong"),
        ("I12", "12 published events, 10 inbox rows, 0 wrong"),
        (
            "I13",
            "10 messages to queues, 10 processed, 0 dead-lettered, 0 still queued, 0 published again, 0 wrong",
        ),
        (
            "I14",
            "1 look into the dead-letter queues, 0 dead letters, 0 poisoned messages, 0 wrong",
        ),
        (
            "I15",
            "1 faults, longest recovery 2.5 s, 0 % of the requests' error budget spent, burn rate at most 0.0, 0 wrong",
        ),
        (
            "I16",
            "3 traces, 28 spans, 100.0 % of 28 demanded spans, 0 gaps excused by a kill, 0 clock anomalies, 0 wrong",
        ),
        ("I17", "22 counters, 18 gauges, 0 wrong"),
        ("I18", "1 faults, 1 receipts, 0 wrong"),
        (
            "I19",
            "3 orders, 2 provoked outcomes, 0 overtaken by their deadline, 0 wrong",
        ),
    ];
    let reports = judge(&broken_run());
    assert_eq!(Verdict::over(&reports), Verdict::Valid);
    let said: Vec<_> = (reports.iter())
        .map(|report| (report.claim.id, report.examined.as_str()))
        .collect();
    assert_eq!(said, examined);
}

#[test]
fn a_simulation_is_held_to_all_claims_but_those_about_telemetry() {
    let telemetry = ["I15", "I16", "I17"];
    let all = judge(&broken_run());
    let mut of_effects = ids(&all);
    of_effects.retain(|id| !telemetry.contains(id));
    assert_eq!(ids(&judge_effects(&broken_run())), of_effects);
}

#[test]
fn where_no_fault_was_asked_for_none_needs_a_receipt() {
    assert!(!ids(&judge(&example::run())).contains(&"I18"));
}

#[test]
fn a_kill_in_the_journal_excuses_what_it_took_with_it() {
    let mut run = broken_run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans.retain(|span| span.name != "process payment.captured");
    assert_eq!(Verdict::over(&judge(&run)), Verdict::Valid);
    run.journal = None;
    assert_eq!(Verdict::over(&judge(&run)).label(), "invalid");
}

#[test]
fn without_the_journal_nobody_knows_what_a_kill_took_with_it() {
    let mut run = broken_run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans.retain(|span| span.name != "process payment.captured");
    let counter = &mut example::telemetry(&mut run).counters[0];
    counter.samples.last_mut().expect("a sample").1 -= 1.0;
    run.journal = Some(Part::Missing("cut".into()));
    let reports = judge(&run);
    assert_eq!(Verdict::over(&reports).label(), "unknown");
    for id in ["I14", "I15", "I16", "I17", "I18"] {
        let report = reports.iter().find(|report| report.claim.id == id);
        let verdict = report.map(|report| report.verdict.clone());
        let why = Verdict::Unknown(vec!["journal: cut".into()]);
        assert_eq!(verdict, Some(why), "{id}");
    }
}

#[test]
fn what_could_not_be_read_is_missing_for_a_reason() {
    let missing: Part<u8> = Err("the server is gone".to_owned()).into();
    assert_eq!(missing, Part::Missing("the server is gone".into()));
    assert_eq!(Part::from(Ok(1)), Part::Read(1));
}
