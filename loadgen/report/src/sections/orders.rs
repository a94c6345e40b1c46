//! The slowest and the strangest orders, each with its trace and its saga.

use checkers::state::{LogEntry, Part};
use checkers::traces::Trace;

use super::Section;
use crate::chart::sequence::{self, Message};
use crate::chart::waterfall;
use crate::findings::Findings;
use crate::findings::orders::{Answer, Order};
use crate::findings::strange::{Chosen, chosen};
use crate::markup::Html;
use crate::words::{After, Ms};

pub const SECTION: Section = Section {
    id: "orders",
    title: "Orders worth a look",
    about: "The slowest, and those to which something happened that mostly does not. Filled bars lie on the critical path.",
    body,
};

fn body(html: &mut Html, findings: &Findings) {
    let chosen = chosen(findings);
    if chosen.is_empty() {
        return super::no_data(html, "orders", "the history has none after the warm-up");
    }
    for (nth, order) in chosen.iter().enumerate() {
        let content = |html: &mut Html| one(html, findings, order);
        match nth {
            0 => html.tag("details", &[("class", &"order"), ("open", &"")], content),
            _ => html.tag("details", &[("class", &"order")], content),
        }
    }
}

fn one(html: &mut Html, findings: &Findings, chosen: &Chosen) {
    let order = chosen.order;
    html.tag("summary", &[], |html| {
        html.leaf(
            "b",
            &[],
            order
                .ended_ms()
                .map_or("no end".into(), |ms| Ms(ms).to_string()),
        );
        html.text(format_args!(" {}, {}", order.outcome(), order.coordination));
        html.leaf("span", &[("class", &"why")], chosen.why.join(", "));
    });
    html.leaf(
        "p",
        &[("class", &"facts")],
        facts(order, findings.window.from_ms),
    );
    match (chosen.trace, &findings.files.traces) {
        (Some(trace), _) if !trace.spans.is_empty() => drawn(html, order, trace),
        (_, Part::Missing(why)) => {
            super::no_data(html, "its trace", why);
            from_the_log(html, order, &findings.files.log);
        }
        (_, Part::Read(_)) => {
            super::no_data(html, "its trace", "it is not among those that were sampled");
            from_the_log(html, order, &findings.files.log);
        }
    }
}

fn drawn(html: &mut Html, order: &Order, trace: &Trace) {
    html.raw("<h3>Trace</h3>");
    match trace.spans.iter().any(|span| span.start_us > 0) {
        true => waterfall::draw(html, &trace.spans, order.sent_us),
        false => super::no_data(
            html,
            "the waterfall",
            "the spans of this run were kept without their times",
        ),
    }
    html.raw("<h3>Saga</h3>");
    sequence::draw(html, &sequence::messages(&trace.spans));
}

/// What the event log kept of it: the events, and who says such.
fn from_the_log(html: &mut Html, order: &Order, log: &Part<Vec<LogEntry>>) {
    let Some(id) = &order.id else {
        return super::no_data(html, "its saga", "no answer named the order");
    };
    let entries = match log {
        Part::Read(entries) => entries,
        Part::Missing(why) => return super::no_data(html, "its saga", why),
    };
    let of_order = |entry: &&LogEntry| entry.order_id.is_some_and(|of| of.to_string() == *id);
    let message = |entry: &LogEntry| Message {
        from: publisher(&entry.kind).into(),
        to: "events.log".into(),
        name: entry.kind.clone(),
        again: false,
    };
    let messages: Vec<Message> = entries.iter().filter(of_order).map(message).collect();
    html.raw("<h3>Saga, from the event log</h3>");
    match messages.is_empty() {
        true => super::no_data(html, "its saga", "the event log has no event of it"),
        false => sequence::draw(html, &messages),
    }
}

/// The first word of a kind is the aggregate, and each has one owner.
fn publisher(kind: &str) -> &str {
    match kind.split('.').next().unwrap_or_default() {
        "order" => "orders",
        "stock" | "sku" => "inventory",
        "payment" => "payments",
        "shipment" => "shipping",
        other => other,
    }
}

fn facts(order: &Order, from_ms: u64) -> String {
    let began = After(order.intended_us as f64 / 1_000.0 - from_ms as f64);
    let answered = match (&order.answer, order.acknowledged_ms()) {
        (Answer::Acknowledged, Some(ms)) => format!("acknowledged after {}", Ms(ms)),
        (Answer::Failed(why), _) => format!("failed: {why}"),
        (Answer::Unknown(why), _) => format!("unknown: {why}"),
        (Answer::Acknowledged, None) => "acknowledged".into(),
    };
    let again = match order.attempts {
        0 | 1 => String::new(),
        attempts => format!(", sent {attempts} times"),
    };
    let name = order
        .id
        .as_deref()
        .map_or(format!("operation {}", order.op), |id| {
            format!("order {id}")
        });
    format!(
        "{name}, due at {began}{again}, {answered}. Trace {}.",
        order.trace_id
    )
}
