//! What was asked of the run, and the command that asks it again.

mod command;

use super::Section;
use crate::files::{Load, Pace, Record};
use crate::findings::orders::Order;
use crate::findings::{Findings, workload};
use crate::markup::Html;
use crate::words::{Ms, Value, utc};

pub const SECTION: Section = Section {
    id: "parameters",
    title: "The run",
    about: "The same seed makes the same arrivals, orders and victims; what the machine makes of them differs.",
    body,
};

fn body(html: &mut Html, findings: &Findings) {
    let record = &findings.files.record;
    html.raw("<h3>Again</h3>");
    html.tag(
        "div",
        &[
            ("class", &"scroll"),
            ("tabindex", &"0"),
            ("role", &"group"),
            ("aria-label", &"The command"),
        ],
        |html| {
            html.tag("pre", &[], |html| {
                html.leaf("code", &[], command::again(record))
            });
        },
    );
    if !command::starts_its_platform(record) {
        html.raw("<p class=\"note\">It needs a platform that is up, with its files where the command names them.</p>");
    }
    let load = &record.load;
    let orchestrated = |order: &&Order| order.coordination == "orchestration";
    let orchestrated = findings.orders.iter().filter(orchestrated).count();
    let share = 100.0 * orchestrated as f64 / findings.orders.len().max(1) as f64;
    let rows = [
        ("Run", findings.files.judgement.run.clone()),
        ("Seed", record.seed.to_string()),
        ("Began", utc(record.started_ms)),
        (
            "Replay of",
            record.replay_of.clone().unwrap_or_else(|| "none".into()),
        ),
        ("Load", asked(load)),
        ("Orchestrated", format!("{share:.0} % of the orders")),
        (
            "Sent late",
            format!("{} orders, {} at most", load.late, Ms(load.latest_ms)),
        ),
        ("Failed", format!("{} operations", load.failed)),
        (
            "Unknown",
            format!("{} operations, cancels and reads included", load.unknown),
        ),
        ("Dropped", format!("{} orders", load.dropped)),
        ("Under way at once", in_flight(record)),
        (
            "Method",
            record.method.clone().unwrap_or_else(|| "none".into()),
        ),
    ];
    super::table(html, "Parameters", &["Parameter", "Value"], |html| {
        for (name, value) in rows {
            row(html, name, &value);
        }
    });
    sent(html, record);
    html.tag("details", &[], |html| {
        html.raw("<summary>Phases</summary>");
        super::table(html, "Phases", &["Phase", "Lasted"], |html| {
            for phase in &record.phases {
                let lasted = Ms(phase.ended_ms.saturating_sub(phase.started_ms) as f64);
                row(html, &phase.name, &lasted.to_string());
            }
        });
    });
}

/// Title, stages, mix and population.
fn sent(html: &mut Html, record: &Record) {
    html.raw("<h3>Workload</h3>");
    let values = workload::values(&record.workload);
    if values.is_empty() {
        return super::no_data(html, "the workload", "the run did not write it down");
    }
    super::table(html, "Workload", &["Of the workload", "Value"], |html| {
        for (place, value) in &values {
            row(
                html,
                place.strip_prefix("workload ").unwrap_or(place),
                value,
            );
        }
    });
}

fn asked(load: &Load) -> String {
    let (rate, length) = (Value(load.rate_intended), Ms(load.seconds * 1_000.0));
    match load.pace {
        Pace::Open => format!("{rate} orders/s intended for {length}"),
        Pace::Closed => format!("a closed loop for {length}"),
    }
}

/// A run writes down what was typed, and not what it took where nothing was.
fn in_flight(record: &Record) -> String {
    match command::flag(record, "--in-flight") {
        Some(orders) => format!("at most {orders} orders, others are dropped"),
        None => "as many as loadgen lets be without --in-flight".into(),
    }
}

fn row(html: &mut Html, name: &str, value: &str) {
    html.tag("tr", &[], |html| {
        html.leaf("th", &[("scope", &"row")], name);
        html.leaf("td", &[], value);
    });
}
