//! I17: the metrics tell the truth: counters within what a kill may take with it, state gauges exactly.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::history::Status;
use crate::journal::Journal;
use crate::state::{FinalState, Part, Totals};
use crate::telemetry::{GaugeSample, Rise, Telemetry};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I17",
    title: "the metrics tell the truth",
};

const EVENTS: &str = "breakwater_events_total";
const HANDLED: &str = "breakwater_messages_handled_total";
const ENTITIES: &str = "breakwater_entities";
const OUTBOX_ROWS: &str = "breakwater_outbox_rows";

pub fn check(
    state: &FinalState,
    telemetry: &Part<Telemetry>,
    journal: &Journal,
    started_ms: u64,
) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(telemetry) = telemetry.examine("Prometheus", &mut exam) {
        counters(state, telemetry, journal, started_ms, &mut exam);
        gauges(state, telemetry, &mut exam);
    }
    exam.finish()
}

/// What a gauge shows and the database does not. Empty once both are quiet, or when nothing is known.
pub fn gauges_that_differ(state: &FinalState, telemetry: &Telemetry) -> u64 {
    let mut exam = Examination::of(CLAIM);
    gauges(state, telemetry, &mut exam);
    exam.finish().wrong
}

// === counters ===

/// What a counter must have risen by.
struct Expected {
    service: &'static str,
    counter: &'static str,
    labels: Vec<(&'static str, String)>,
    rows: u64,
    /// Events that may be said again although nothing changed: the count is then a lower bound.
    repeatable: bool,
}

fn counters(
    state: &FinalState,
    telemetry: &Telemetry,
    journal: &Journal,
    started_ms: u64,
    exam: &mut Examination,
) {
    if let Some(rows) = state.orders.get()
        && rows.foreign_orders > 0
    {
        let n = rows.foreign_orders;
        return exam.unknown(format!(
            "{n} orders of others were placed meanwhile and are counted too"
        ));
    }
    let silent: BTreeSet<&str> = state
        .mailboxes()
        .into_iter()
        .map(|(service, _)| service)
        .filter(|service| {
            !telemetry
                .counters
                .iter()
                .any(|series| series.service == *service)
        })
        .collect();
    for service in &silent {
        exam.unknown(format!("Prometheus has no counter of {service}"));
    }
    let expectations = expectations(state);
    exam.count(expectations.len(), "counters");
    for expected in expectations
        .iter()
        .filter(|expected| !silent.contains(expected.service))
    {
        let labels: Vec<(&str, &str)> = expected
            .labels
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        let rise = telemetry.rise(
            expected.counter,
            expected.service,
            &labels,
            started_ms,
            journal,
        );
        judge(expected, rise, exam);
    }
}

fn judge(expected: &Expected, rise: Rise, exam: &mut Examination) {
    let rows = expected.rows as f64;
    let lost = rise.total < rows - rise.tolerance;
    let invented = rise.total > rows && !expected.repeatable;
    if lost || invented {
        let labels: Vec<String> = expected
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let subject = format!(
            "{}{{{}}} of {}",
            expected.counter,
            labels.join(","),
            expected.service
        );
        let within = match rise.tolerance {
            0.0 => rows.to_string(),
            tolerance => format!("{rows}, up to {tolerance} less for its kills"),
        };
        exam.wrong(subject, "Prometheus, rise over the run", within, rise.total);
    }
}

fn expectations(state: &FinalState) -> Vec<Expected> {
    let mut expected = Vec::new();
    let mut event = |service, label: &str, rows: usize, repeatable| {
        let labels = vec![("event", label.to_owned())];
        let rows = rows as u64;
        expected.push(Expected {
            service,
            counter: EVENTS,
            labels,
            rows,
            repeatable,
        });
    };
    if let Some(rows) = state.orders.get() {
        event("orders", "order.placed", rows.orders.len(), false);
        for status in [Status::Confirmed, Status::Rejected, Status::Cancelled] {
            let ended = rows
                .orders
                .iter()
                .filter(|row| row.status == status)
                .count();
            event("orders", &format!("order.{status}"), ended, false);
        }
    }
    if let Some(rows) = state.inventory.get() {
        let causes = |kind| {
            distinct(
                rows.ledger
                    .iter()
                    .filter(|row| row.kind == kind)
                    .map(|row| row.cause),
            )
        };
        event("inventory", "stock.reserved", causes("reserve"), false);
        event("inventory", "stock.released", causes("release"), false);
        event("inventory", "stock.dispatched", causes("dispatch"), false);
        let refused = rows
            .reservations
            .iter()
            .filter(|row| row.state == "refused")
            .count();
        event("inventory", "stock.rejected", refused, false);
    }
    if let Some(rows) = state.payments.get() {
        let causes = |kind| {
            distinct(
                rows.ledger
                    .iter()
                    .filter(|row| row.kind == kind)
                    .map(|row| row.cause),
            )
        };
        event("payments", "payment.held", causes("hold"), false);
        event("payments", "payment.released", causes("release"), false);
        event("payments", "payment.captured", causes("capture"), false);
        let refused = rows
            .payments
            .iter()
            .filter(|row| row.state == "refused")
            .count();
        event("payments", "payment.rejected", refused, false);
    }
    if let Some(rows) = state.shipping.get() {
        let in_state = |state: &str| {
            rows.shipments
                .iter()
                .filter(|row| row.state == state)
                .count()
        };
        // Asked to cancel, shipping repeats what it decided.
        event("shipping", "shipment.arranged", in_state("arranged"), true);
        event("shipping", "shipment.rejected", in_state("refused"), true);
        event("shipping", "shipment.voided", in_state("voided"), true);
    }
    for (service, mailbox) in state.mailboxes() {
        for (kind, ids) in mailbox.into_iter().flat_map(|mailbox| &mailbox.inbox) {
            let labels = vec![("kind", kind.clone()), ("outcome", "processed".to_owned())];
            let rows = ids.len() as u64;
            expected.push(Expected {
                service,
                counter: HANDLED,
                labels,
                rows,
                repeatable: false,
            });
        }
    }
    expected
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> usize {
    ids.collect::<BTreeSet<_>>().len()
}

// === gauges ===

fn gauges(state: &FinalState, telemetry: &Telemetry, exam: &mut Examination) {
    let totals: [(&str, Option<&Totals>); 6] = [
        ("orders", state.orders.get().map(|rows| &rows.totals)),
        ("inventory", state.inventory.get().map(|rows| &rows.totals)),
        ("payments", state.payments.get().map(|rows| &rows.totals)),
        ("shipping", state.shipping.get().map(|rows| &rows.totals)),
        (
            "orchestrator",
            state.orchestrator.get().map(|rows| &rows.totals),
        ),
        (
            "order-view",
            state.order_view.get().map(|rows| &rows.totals),
        ),
    ];
    let mut examined = 0;
    for (service, totals) in totals {
        let Some(totals) = totals else { continue };
        let shown = by_instance(telemetry, ENTITIES, service);
        if shown.is_empty() {
            exam.unknown(format!("Prometheus has no {ENTITIES} of {service}"));
        }
        for (instance, samples) in shown {
            examined += entities(instance, &samples, totals, exam);
        }
    }
    for (service, mailbox) in state.mailboxes() {
        let Some(mailbox) = mailbox else { continue };
        for (instance, samples) in by_instance(telemetry, OUTBOX_ROWS, service) {
            examined += samples.len();
            for sample in samples {
                let rows = mailbox.outbox.len() as f64;
                exam.expect(
                    format!("{OUTBOX_ROWS} of {instance}"),
                    "Prometheus",
                    rows,
                    sample.value,
                );
            }
        }
    }
    exam.count(examined, "gauges");
}

/// Every state the table has, and no state that it does not have.
fn entities(
    instance: &str,
    samples: &[&GaugeSample],
    totals: &Totals,
    exam: &mut Examination,
) -> usize {
    let shown: BTreeMap<&str, f64> = samples
        .iter()
        .map(|sample| {
            (
                sample.labels.get("state").map_or("", String::as_str),
                sample.value,
            )
        })
        .collect();
    let states: BTreeSet<&str> = shown
        .keys()
        .copied()
        .chain(totals.keys().map(String::as_str))
        .collect();
    for state in &states {
        let rows = totals.get(*state).copied().unwrap_or(0) as f64;
        let value = shown.get(state).copied().unwrap_or(0.0);
        let subject = format!("{ENTITIES}{{state={state}}} of {instance}");
        exam.expect(
            subject,
            "Prometheus, after everything was quiet",
            rows,
            value,
        );
    }
    states.len()
}

fn by_instance<'a>(
    telemetry: &'a Telemetry,
    name: &str,
    service: &str,
) -> BTreeMap<&'a str, Vec<&'a GaugeSample>> {
    let mut instances: BTreeMap<&str, Vec<&GaugeSample>> = BTreeMap::new();
    for sample in &telemetry.gauges {
        if sample.name == name && sample.service == service {
            instances.entry(&sample.instance).or_default().push(sample);
        }
    }
    instances
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
            evidence[0].subject.starts_with(ENTITIES),
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
}
