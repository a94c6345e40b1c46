//! I17: the metrics tell the truth: counters within what a kill may take with it, state gauges exactly.

mod counters;
mod gauges;

use crate::journal::Journal;
use crate::state::{FinalState, Part};
use crate::telemetry::Telemetry;
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I17",
    title: "the metrics tell the truth",
};

pub fn check(
    state: &FinalState,
    telemetry: &Part<Telemetry>,
    journal: &Journal,
    started_ms: u64,
) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(telemetry) = telemetry.examine("Prometheus", &mut exam) {
        counters::check(state, telemetry, journal, started_ms, &mut exam);
        gauges::check(state, telemetry, &mut exam);
    }
    exam.finish()
}

/// What a gauge shows and the database does not. Empty once both are quiet, or when nothing is known.
pub fn gauges_that_differ(state: &FinalState, telemetry: &Telemetry) -> u64 {
    let mut exam = Examination::of(CLAIM);
    gauges::check(state, telemetry, &mut exam);
    exam.finish().wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use crate::{Run, Verdict};

    fn judged(run: &Run) -> Verdict {
        check(
            &run.state,
            &run.telemetry,
            &Journal::default(),
            run.started_ms,
        )
        .verdict
    }

    #[test]
    fn metrics_that_equal_the_databases_are_valid() {
        assert_eq!(judged(&example::run()), Verdict::Valid);
    }

    #[test]
    fn a_counter_that_invents_is_named() {
        let mut run = example::run();
        let series = &mut example::telemetry(&mut run).counters[0];
        series.samples.last_mut().expect("a sample").1 += 1.0;
        let Verdict::Invalid(evidence) = judged(&run) else {
            panic!("must be invalid")
        };
        assert!(
            evidence[0].subject.contains("of orders"),
            "{}",
            evidence[0].subject
        );
    }

    #[test]
    fn a_counter_that_lost_is_invalid_unless_its_process_was_killed() {
        let mut run = example::run();
        let series = &mut example::telemetry(&mut run).counters[0];
        series.samples.last_mut().expect("a sample").1 -= 1.0;
        assert_eq!(judged(&run).label(), "invalid");
        let excused = check(
            &run.state,
            &run.telemetry,
            &example::journal(),
            run.started_ms,
        );
        assert_eq!(excused.verdict, Verdict::Valid);
    }

    #[test]
    fn a_gauge_that_differs_is_named() {
        let mut run = example::run();
        example::telemetry(&mut run).gauges[0].value += 1.0;
        let Verdict::Invalid(evidence) = judged(&run) else {
            panic!("must be invalid")
        };
        assert!(
            evidence[0].subject.starts_with("breakwater_entities"),
            "{}",
            evidence[0].subject
        );
    }

    #[test]
    fn no_data_is_unknown() {
        let mut run = example::run();
        run.telemetry = Part::Read(Telemetry::default());
        assert_eq!(judged(&run).label(), "unknown");
        run.telemetry = Part::default();
        assert_eq!(judged(&run).label(), "unknown");
    }

    #[test]
    fn gauges_that_have_not_caught_up_are_counted() {
        let mut run = example::run();
        let differ = |run: &Run| {
            let telemetry = run.telemetry.get().expect("read");
            gauges_that_differ(&run.state, telemetry)
        };
        assert_eq!(differ(&run), 0);
        for gauge in &mut example::telemetry(&mut run).gauges[..2] {
            gauge.value += 1.0;
        }
        assert_eq!(differ(&run), 2);
    }

    #[test]
    fn the_rows_of_an_outbox_are_what_its_gauge_shows() {
        let mut run = example::run();
        assert_eq!(judged(&run), Verdict::Valid);
        let mut gauges = example::telemetry(&mut run).gauges.iter_mut();
        let outbox = gauges.find(|gauge| gauge.name == "breakwater_outbox_rows");
        outbox.expect("a gauge").value = 1.0;
        assert_eq!(judged(&run).label(), "invalid");
    }

    #[test]
    fn a_service_without_a_gauge_of_its_outbox_is_unknown_and_not_wrong() {
        let mut run = example::run();
        let gauges = &mut example::telemetry(&mut run).gauges;
        gauges.retain(|gauge| gauge.name != "breakwater_outbox_rows" || gauge.service != "orders");
        let why = vec!["Prometheus has no breakwater_outbox_rows of orders".to_owned()];
        assert_eq!(judged(&run), Verdict::Unknown(why));
    }

    #[test]
    fn a_service_without_a_counter_is_unknown_and_not_wrong() {
        let mut run = example::run();
        let counters = &mut example::telemetry(&mut run).counters;
        counters.retain(|series| series.service != "shipping");
        assert_eq!(judged(&run).label(), "unknown");
    }

    #[test]
    fn counters_that_others_moved_too_are_unknown() {
        let mut run = example::run();
        example::orders(&mut run).foreign_orders = 1;
        assert_eq!(judged(&run).label(), "unknown");
    }
}
