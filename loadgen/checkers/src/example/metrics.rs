//! The metrics of the example, as its rows demand them.

use std::collections::BTreeMap;

use super::{SENT_MS, STARTED_MS};
use crate::Run;
use crate::state::{Part, Totals};
use crate::telemetry::{GaugeSample, Indicators, Series, Telemetry};

pub fn metrics(run: &Run) -> Telemetry {
    let state = &run.state;
    let rows = |totals: &Totals, state: &str| totals.get(state).copied().unwrap_or(0);
    let (orders, inventory) = (
        state.orders.get().expect("read"),
        state.inventory.get().expect("read"),
    );
    let payments = state.payments.get().expect("read");
    let shipping = state.shipping.get().expect("read");
    let released = rows(&inventory.totals, "released");
    let confirmed = rows(&orders.totals, "confirmed");
    let mut counters = vec![
        counter(
            "orders",
            &[("event", "order.placed")],
            orders.orders.len() as u64,
        ),
        counter("orders", &[("event", "order.confirmed")], confirmed),
        counter(
            "orders",
            &[("event", "order.rejected")],
            rows(&orders.totals, "rejected"),
        ),
        counter(
            "orders",
            &[("event", "order.cancelled")],
            rows(&orders.totals, "cancelled"),
        ),
        counter(
            "inventory",
            &[("event", "stock.reserved")],
            confirmed + released,
        ),
        counter("inventory", &[("event", "stock.released")], released),
        counter("inventory", &[("event", "stock.dispatched")], confirmed),
        counter(
            "payments",
            &[("event", "payment.held")],
            confirmed + released,
        ),
        counter("payments", &[("event", "payment.released")], released),
        counter("payments", &[("event", "payment.captured")], confirmed),
        counter("shipping", &[("event", "shipment.arranged")], confirmed),
        counter(
            "shipping",
            &[("event", "shipment.voided")],
            rows(&shipping.totals, "voided"),
        ),
        counter("orchestrator", &[("event", "saga.started")], 1),
    ];
    for (service, mailbox) in state.mailboxes() {
        for (kind, ids) in &mailbox.expect("read").inbox {
            let labels = [("kind", kind.as_str()), ("outcome", "processed")];
            let mut series = counter(service, &labels, ids.len() as u64);
            series.name = "breakwater_messages_handled_total".into();
            counters.push(series);
        }
    }
    let view = &state.order_view.get().expect("read").totals;
    let sagas = &state.orchestrator.get().expect("read").totals;
    let mut gauges = Vec::new();
    for (service, totals) in [
        ("orders", &orders.totals),
        ("inventory", &inventory.totals),
        ("payments", &payments.totals),
        ("shipping", &shipping.totals),
        ("orchestrator", sagas),
        ("order-view", view),
    ] {
        for (state, rows) in totals {
            gauges.push(GaugeSample {
                name: "breakwater_entities".into(),
                service: service.into(),
                instance: format!("{service}-1"),
                labels: BTreeMap::from([("state".to_owned(), state.clone())]),
                value: *rows as f64,
            });
        }
    }
    for (service, mailbox) in state.mailboxes() {
        gauges.push(GaugeSample {
            name: "breakwater_outbox_rows".into(),
            service: service.into(),
            instance: format!("{service}-1"),
            labels: BTreeMap::new(),
            value: mailbox.expect("read").outbox.len() as f64,
        });
    }
    let indicators = Part::Read(indicators());
    Telemetry {
        counters,
        gauges,
        indicators,
    }
}

/// Ten requests a second and two open orders, until the last order was sent.
fn indicators() -> Indicators {
    let last_s = SENT_MS.iter().max().expect("orders") / 1_000;
    let over_time = |mut series: Series, value: fn(u64) -> f64| {
        let samples = (0..=last_s).map(|at_s| (STARTED_MS + at_s * 1_000, value(at_s)));
        series.samples = samples.collect();
        series
    };
    let requests = counter("gateway", &[("status", "202")], 0);
    let open_orders = counter("orders", &[("state", "placed")], 0);
    Indicators {
        requests: vec![over_time(requests, |at_s| 10.0 * at_s as f64)],
        open_orders: vec![over_time(open_orders, |_| 2.0)],
    }
}

fn counter(service: &str, labels: &[(&str, &str)], value: u64) -> Series {
    Series {
        name: "breakwater_events_total".into(),
        service: service.into(),
        instance: format!("{service}-1"),
        labels: labels
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
        samples: vec![(STARTED_MS + 2_000, value as f64)],
    }
}
