//! Each step of the search for the highest rate: what a figure was read from.

use super::table as markdown_table;
use crate::system::System;
use crate::system::rate::Step;

pub fn table(system: &System, name: &str) -> Option<String> {
    let rows: Vec<Vec<String>> = system
        .highest
        .iter()
        .flat_map(|found| {
            found
                .steps
                .iter()
                .map(|step| row(found.coordination.label(), step))
        })
        .collect();
    let head = format!("steps, {name}");
    let heads = [
        head.as_str(),
        "orders/s",
        "s",
        "sent",
        "ended",
        "late",
        "most under way",
        "growth, orders/s",
        "p50 ms",
        "p99 ms",
        "",
    ];
    (!rows.is_empty()).then(|| markdown_table(&heads, &rows))
}

fn row(coordination: &str, step: &Step) -> Vec<String> {
    let (load, backlog) = (&step.phase.load, &step.phase.backlog);
    let latency = load.latency.get(coordination).copied().unwrap_or_default();
    vec![
        coordination.to_owned(),
        step.rate.to_string(),
        format!("{:.1}", step.length.as_secs_f64()),
        load.sent.to_string(),
        load.ended.to_string(),
        load.late.to_string(),
        backlog.most().to_string(),
        format!("{:.1}", backlog.growth()),
        format!("{:.1}", latency.p50_ms),
        format!("{:.1}", latency.p99_ms),
        step.fault
            .as_ref()
            .map_or("held".into(), |fault| fault.to_string()),
    ]
}
