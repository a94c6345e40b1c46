//! The example, in which `orders-1` is killed 12.5 s after the start and ready again after 13.5 s.

use super::*;
use crate::journal::Injection;
use crate::telemetry::Series;
use crate::{Run, Verdict, example};

fn judged(run: &Run, journal: &Journal) -> Verdict {
    report(run, journal).verdict
}

fn report(run: &Run, journal: &Journal) -> Report {
    let journal = Part::Read(journal.clone());
    check(&run.history, &run.telemetry, &journal, run.started_ms)
}

/// With a bound of so many seconds.
fn bounded(bound: u64) -> Journal {
    let mut journal = example::journal();
    journal.experiment.recovery = Some(Span::seconds(bound));
    journal
}

/// As many server errors as good answers between two times, in seconds after the start.
fn refuse(run: &mut Run, from_s: u64, to_s: u64) {
    let started_ms = run.started_ms;
    let requests = &mut example::indicators(run).requests;
    let errors = |&(at_ms, _): &(u64, f64)| {
        let at_s = (at_ms - started_ms) / 1_000;
        let rose = at_s.clamp(from_s, to_s) - from_s;
        (at_ms, 10.0 * rose as f64)
    };
    let mut refused: Series = requests[0].clone();
    refused.labels = [("status".to_owned(), "503".to_owned())].into();
    refused.samples = requests[0].samples.iter().map(errors).collect();
    requests.push(refused);
}

/// No scrape between two times, in seconds after the start.
fn silence(run: &mut Run, from_s: u64, to_s: u64) {
    let started_ms = run.started_ms;
    let is_scraped = |(at_ms, _): &(u64, f64)| {
        let at_s = (at_ms - started_ms) / 1_000;
        !(from_s..=to_s).contains(&at_s)
    };
    let indicators = example::indicators(run);
    let all = indicators.requests.iter_mut();
    for series in all.chain(&mut indicators.open_orders) {
        series.samples.retain(is_scraped);
    }
}

#[test]
fn a_system_that_stays_steady_has_recovered() {
    let report = report(&example::run(), &example::journal());
    assert_eq!(report.verdict, Verdict::Valid);
    let said = "longest recovery 2.5 s, 0 % of the requests' error budget spent";
    assert!(report.examined.contains(said), "{}", report.examined);
    let each = ["kill orders-1: over 13.5 s into the run, steady again after 2.5 s"];
    assert_eq!(report.details, each);
}

#[test]
fn errors_that_end_within_the_bound_are_valid_and_cost() {
    let mut run = example::run();
    refuse(&mut run, 13, 16);
    let report = report(&run, &bounded(9));
    assert_eq!(report.verdict, Verdict::Valid);
    // The last error is in the windows of five seconds.
    assert!(report.examined.contains("longest recovery 7.5 s"));
    assert!(!report.examined.contains("0 % of"), "{}", report.examined);
}

#[test]
fn a_recovery_that_took_too_long_is_invalid_with_its_times() {
    let mut run = example::run();
    refuse(&mut run, 13, 20);
    let Verdict::Invalid(evidence) = judged(&run, &bounded(9)) else {
        panic!("must be invalid")
    };
    assert_eq!(evidence[0].subject, "recovery from kill orders-1");
    assert!(evidence[0].expected.ends_with("within 9.0 s"));
    assert_eq!(evidence[0].found, "only after 11.5 s");
    assert_eq!(evidence[0].at_ms, Some(run.started_ms + 13_500));
}

#[test]
fn orders_that_pile_up_and_stay_are_invalid() {
    let mut run = example::run();
    let open_orders = &mut example::indicators(&mut run).open_orders[0];
    for (_, open) in open_orders.samples.iter_mut().skip(14) {
        *open = 400.0;
    }
    let Verdict::Invalid(evidence) = judged(&run, &bounded(9)) else {
        panic!("must be invalid")
    };
    assert_eq!(evidence[0].found, "not again in this run");
    let details = report(&run, &bounded(9)).details;
    assert!(details[0].ends_with(", not steady again"), "{details:?}");
}

#[test]
fn a_run_that_ended_before_the_bound_is_unknown() {
    let mut run = example::run();
    refuse(&mut run, 13, 30);
    assert_eq!(judged(&run, &bounded(60)).label(), "unknown");
}

#[test]
fn seconds_that_nobody_scraped_are_no_recovery_and_no_failure() {
    let mut run = example::run();
    silence(&mut run, 14, 22);
    assert_eq!(judged(&run, &bounded(9)).label(), "unknown");
    assert_eq!(judged(&run, &bounded(60)), Verdict::Valid);
}

#[test]
fn a_fault_that_was_followed_by_another_recovers_with_it() {
    let mut run = example::run();
    refuse(&mut run, 13, 20);
    let mut journal = bounded(9);
    let began_ms = run.started_ms + 15_000;
    journal.run.push(Injection {
        fault: Some("process/kill".into()),
        title: "kill orders-2".into(),
        ended_ms: began_ms + 3_000,
        duration: 3.0,
        ..Injection::default()
    });
    let valid = report(&run, &journal);
    assert_eq!(valid.verdict, Verdict::Valid);
    let each = [
        "kill orders-1: over 13.5 s into the run, steady again after 11.5 s, with kill orders-2",
        "kill orders-2: over 18.0 s into the run, steady again after 7.0 s",
    ];
    assert_eq!(valid.details, each);
    journal.experiment.recovery = Some(Span::seconds(5));
    let Verdict::Invalid(evidence) = judged(&run, &journal) else {
        panic!("must be invalid")
    };
    assert_eq!(evidence[0].subject, "recovery from kill orders-2");
    assert_eq!(evidence.len(), 1);
}

#[test]
fn a_fault_that_came_after_the_bound_excuses_nothing() {
    let mut run = example::run();
    refuse(&mut run, 13, 23);
    let mut journal = bounded(5);
    journal.run.push(Injection {
        fault: Some("process/kill".into()),
        title: "kill orders-2".into(),
        ended_ms: run.started_ms + 21_500,
        duration: 0.5,
        ..Injection::default()
    });
    let Verdict::Invalid(evidence) = judged(&run, &journal) else {
        panic!("must be invalid")
    };
    assert_eq!(evidence[0].subject, "recovery from kill orders-1");
}

#[test]
fn without_data_a_baseline_or_a_fault_nothing_is_known() {
    let journal = example::journal();
    let label = |run: &Run, journal: &Journal| judged(run, journal).label();
    let mut of_old = example::run();
    example::telemetry(&mut of_old).indicators = Part::default();
    assert_eq!(label(&of_old, &journal), "unknown");
    let mut restless = example::run();
    refuse(&mut restless, 1, 30);
    assert_eq!(label(&restless, &journal), "unknown");
    let mut at_once = journal.clone();
    at_once.run[0].receipts[0].at_ms = restless.started_ms;
    assert_eq!(label(&example::run(), &at_once), "unknown");
    assert_eq!(label(&example::run(), &Journal::default()), "unknown");
    assert_eq!(label(&Run::default(), &journal), "unknown");
    let run = example::run();
    let unread = check(&run.history, &run.telemetry, &Part::default(), 0);
    assert_eq!(unread.verdict.label(), "unknown");
}

#[test]
fn a_fault_whose_end_nobody_wrote_down_is_unknown() {
    let mut journal = example::journal();
    journal.run[0].ended_ms = 0;
    journal.run[0].receipts[0].ready_at_ms = None;
    assert_eq!(judged(&example::run(), &journal).label(), "unknown");
}
