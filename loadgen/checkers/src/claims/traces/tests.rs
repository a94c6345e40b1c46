//! The example, with its traces taken apart.

use super::*;
use crate::example;
use crate::{Run, Verdict};

fn judged(run: &Run, journal: &Journal) -> Verdict {
    check(&run.history, &run.state.orders, &run.traces, journal).verdict
}

fn unbroken() -> Journal {
    Journal::default()
}

#[test]
fn whole_traces_are_valid() {
    assert_eq!(judged(&example::run(), &unbroken()), Verdict::Valid);
}

#[test]
fn a_missing_span_is_named() {
    let mut run = example::run();
    let gone = "process payment.captured";
    example::traces(&mut run).traces[0]
        .spans
        .retain(|span| span.name != gone);
    let Verdict::Invalid(evidence) = judged(&run, &unbroken()) else {
        panic!("must be invalid")
    };
    assert!(
        evidence[0].expected.contains(gone),
        "{}",
        evidence[0].expected
    );
    assert_eq!(evidence[0].place, "orders");
}

#[test]
fn a_missing_span_is_excused_by_a_kill_of_its_process_alone() {
    let mut run = example::run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans.retain(|span| span.name != "process payment.captured");
    assert_eq!(judged(&run, &example::journal()), Verdict::Valid);
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans.retain(|span| span.name != "process payment.held");
    assert_eq!(judged(&run, &example::journal()).label(), "invalid");
}

#[test]
fn a_trace_that_the_edge_began_is_as_good_as_one_that_the_caller_began() {
    let mut run = example::run();
    example::traces(&mut run).traces[0].spans[0].parent_id = None;
    assert_eq!(judged(&run, &unbroken()), Verdict::Valid);
}

#[test]
fn an_orphan_and_a_second_root_are_invalid() {
    let mut run = example::run();
    example::traces(&mut run).traces[0].spans[3].parent_id = Some("nowhere".into());
    assert_eq!(judged(&run, &unbroken()).label(), "invalid");
    example::traces(&mut run).traces[0].spans[3].parent_id = None;
    assert_eq!(judged(&run, &unbroken()).label(), "invalid");
}

#[test]
fn a_duplicate_must_link_to_the_attempt_that_did_it() {
    let mut run = example::run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    let mut duplicate = spans[3].clone();
    duplicate.span_id = "again".into();
    duplicate.name = "duplicate order.placed".into();
    duplicate.links = vec![spans[3].span_id.clone()];
    spans.push(duplicate);
    assert_eq!(judged(&run, &unbroken()), Verdict::Valid);
    example::traces(&mut run).traces[0]
        .spans
        .last_mut()
        .expect("a span")
        .links
        .clear();
    assert_eq!(judged(&run, &unbroken()).label(), "invalid");
}

#[test]
fn absent_traces_are_unknown() {
    let mut run = example::run();
    example::traces(&mut run).traces[0].spans.clear();
    assert_eq!(judged(&run, &unbroken()).label(), "unknown");
    run.traces = Part::Read(Traces::default());
    assert_eq!(judged(&run, &unbroken()).label(), "unknown");
    run.traces = Part::default();
    assert_eq!(judged(&run, &unbroken()).label(), "unknown");
}

#[test]
fn a_gap_is_excused_by_a_kill_of_the_service_that_should_have_filled_it() {
    let mut run = example::run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    let at = spans
        .iter()
        .position(|span| span.name == "process order.placed");
    spans[at.expect("inventory handles it")].parent_id = Some("lost".into());
    let Verdict::Invalid(evidence) = judged(&run, &unbroken()) else {
        panic!("must be invalid")
    };
    assert_eq!(
        evidence[0].found,
        r#"lost of inventory "process order.placed""#
    );
    // Orders sent it, and orders was killed.
    let orders = &run.state.orders;
    let report = check(&run.history, orders, &run.traces, &example::journal());
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.examined.contains("1 gaps excused by a kill"));
}

#[test]
fn a_kill_takes_with_it_only_what_was_still_waiting_to_be_sent() {
    let mut run = example::run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans.retain(|span| span.name != "process payment.captured");
    let (_, ended_ms) = run.history.operations[0].window_ms();
    let mut journal = example::journal();
    let killed_at = &mut journal.run[0].receipts[0].at_ms;
    *killed_at = ended_ms + EXPORT_INTERVAL_MS;
    let report = check(&run.history, &run.state.orders, &run.traces, &journal);
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.examined.contains("1 gaps excused by a kill"));
    journal.run[0].receipts[0].at_ms += 1;
    assert_eq!(judged(&run, &journal).label(), "invalid");
}

#[test]
fn traces_of_another_run_are_unknown() {
    let mut run = example::run();
    example::traces(&mut run).traces[0].op = 999_999;
    let Verdict::Unknown(why) = judged(&run, &unbroken()) else {
        panic!("must be unknown")
    };
    assert_eq!(
        why,
        [
            "1 traces are of no acknowledged order of the history, the first of op 999999",
            "3 traces were asked for, and there are 2",
        ]
    );
}

#[test]
fn a_trace_of_what_is_no_acknowledged_order_says_nothing() {
    let mut run = example::run();
    // A cancel.
    example::traces(&mut run).traces[0].op = 3;
    assert_eq!(judged(&run, &unbroken()).label(), "unknown");
}

#[test]
fn fewer_traces_than_were_asked_for_are_unknown() {
    let mut run = example::run();
    example::traces(&mut run).traces.truncate(1);
    let why = || vec!["3 traces were asked for, and there are 1".to_owned()];
    assert_eq!(judged(&run, &unbroken()), Verdict::Unknown(why()));
    // The same trace three times is one trace.
    let traces = &mut example::traces(&mut run).traces;
    traces.extend([traces[0].clone(), traces[0].clone()]);
    assert_eq!(judged(&run, &unbroken()), Verdict::Unknown(why()));
    example::traces(&mut run).asked = None;
    assert_eq!(judged(&run, &unbroken()).label(), "unknown");
}

fn examined(run: &Run, journal: &Journal) -> String {
    check(&run.history, &run.state.orders, &run.traces, journal).examined
}

#[test]
fn how_many_of_the_demanded_spans_there_are_is_told_and_rounded_down() {
    let mut run = example::run();
    let all = examined(&run, &unbroken());
    assert!(all.contains("100.0 % of 28 demanded spans"), "{all}");
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans.retain(|span| span.name != "process payment.captured");
    let excused = examined(&run, &example::journal());
    assert!(excused.contains("96.4 % of 28 demanded spans"), "{excused}");
    // What the store does not have at all is missing as well.
    example::traces(&mut run).traces[0].spans.clear();
    let absent = examined(&run, &unbroken());
    assert!(absent.contains("57.1 % of 28 demanded spans"), "{absent}");
    let one_of_many = Completeness {
        demanded: 100_000,
        missing: 1,
    };
    assert!(one_of_many.to_string().starts_with("99.9 %"));
}

#[test]
fn times_that_contradict_each_other_are_listed_and_not_held_against_anybody() {
    let mut run = example::run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    spans[0].start_us = 9_000;
    spans[1].start_us = 2_000;
    let report = check(&run.history, &run.state.orders, &run.traces, &unbroken());
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.examined.contains("1 clock anomalies"));
    let said = r#"op 0, trace trace0: orders "POST /orders" began 7.0 ms before its parent gateway "POST /orders""#;
    assert_eq!(report.details, [said]);
}

#[test]
fn a_link_to_a_span_that_is_not_there_is_invalid_unless_its_process_was_killed() {
    let mut run = example::run();
    let spans = &mut example::traces(&mut run).traces[0].spans;
    let at = spans.iter().position(|span| span.service == "orders");
    spans[at.expect("a span of orders")].links = vec!["lost".into()];
    let Verdict::Invalid(evidence) = judged(&run, &unbroken()) else {
        panic!("must be invalid")
    };
    assert_eq!(evidence[0].place, "linked span");
    assert_eq!(evidence[0].found, r#"lost of orders "POST /orders""#);
    assert_eq!(judged(&run, &example::journal()), Verdict::Valid);
}
