//! What each counter must have risen by, from the rows.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::history::Status;
use crate::journal::Journal;
use crate::state::FinalState;
use crate::telemetry::{Rise, Telemetry};
use crate::verdict::Examination;

const EVENTS: &str = "breakwater_events_total";
const HANDLED: &str = "breakwater_messages_handled_total";

/// What a counter must have risen by.
struct Expected {
    service: &'static str,
    counter: &'static str,
    labels: Vec<(&'static str, String)>,
    rows: u64,
    /// Events that may be said again although nothing changed: the count is then a lower bound.
    repeatable: bool,
}

pub fn check(
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
            f64::INFINITY => format!("{rows}, or less: commits may have had no answer"),
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
