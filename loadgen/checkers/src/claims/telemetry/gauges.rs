//! What each state gauge must show, from the tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::state::{FinalState, Totals};
use crate::telemetry::{GaugeSample, Telemetry};
use crate::verdict::Examination;

const ENTITIES: &str = "breakwater_entities";
const OUTBOX_ROWS: &str = "breakwater_outbox_rows";

pub fn check(state: &FinalState, telemetry: &Telemetry, exam: &mut Examination) {
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
        let shown = by_instance(telemetry, OUTBOX_ROWS, service);
        if shown.is_empty() {
            exam.unknown(format!("Prometheus has no {OUTBOX_ROWS} of {service}"));
        }
        for (instance, samples) in shown {
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
