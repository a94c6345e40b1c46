//! What our own system did.

use super::table;
use crate::limits::{Limits, messages};
use crate::run::Figures;
use crate::system::System;
use crate::system::latency::RATE;
use crate::system::memory::{Memory, Resident};
use crate::system::rate::Highest;

pub fn summary(system: &System, figures: &Figures) -> String {
    let row = |what: &str, value: String| vec![what.to_owned(), value];
    let mut rows = Vec::new();
    for found in &system.highest {
        let what = format!("highest rate, {}", found.coordination.label());
        rows.push(row(&what, rate(found)));
    }
    for found in &system.latency {
        let what = format!("latency at {RATE} orders/s, {}", found.coordination.label());
        let (p50, p99) = (found.saga.p50_ms, found.saga.p99_ms);
        rows.push(row(&what, format!("p50 {p50:.1} ms, p99 {p99:.1} ms")));
    }
    for (when, memory) in &system.memory {
        rows.push(row(&format!("resident memory {when}"), mib(memory)));
    }
    let ready = system.ready_after.as_secs_f64();
    rows.push(row("from nothing to ready", format!("{ready:.1} s")));
    let length = figures.seconds;
    let text = table(&["figure, every order traced", ""], &rows);
    format!(
        "{text}\nSteps of {length} s, latency over {} s.\n",
        3 * length
    )
}

fn rate(found: &Highest) -> String {
    found
        .rate
        .map_or("not even the first step held".into(), |rate| {
            format!("{rate} orders/s")
        })
}

fn mib(memory: &Memory) -> String {
    let total = memory.total();
    let Resident {
        processes,
        resident_kib,
        proportional_kib,
    } = total;
    let (resident, shared_out) = (resident_kib / 1024, proportional_kib / 1024);
    format!(
        "{resident} MiB in {processes} processes ({shared_out} MiB with shared pages counted once)"
    )
}

pub fn latency(system: &System) -> Option<String> {
    let rows = system.latency.iter().map(|found| {
        let saga = &found.saga;
        let times = [
            saga.p50_ms,
            saga.p90_ms,
            saga.p99_ms,
            saga.p999_ms,
            saga.max_ms,
        ];
        let times = times.into_iter().map(|ms| format!("{ms:.1}"));
        let accepted = [found.accepted.p50_ms, found.accepted.p99_ms];
        let accepted = accepted.into_iter().map(|ms| format!("{ms:.1}"));
        let counts = [
            found.phase.load.late.to_string(),
            found.troubles.to_string(),
        ];
        let first = [
            found.coordination.label().to_owned(),
            saga.count.to_string(),
        ];
        first
            .into_iter()
            .chain(times)
            .chain(accepted)
            .chain(counts)
            .collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heads = [
        "ms from intended start to end",
        "orders",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "accepted p50",
        "accepted p99",
        "late",
        "failed",
    ];
    (!rows.is_empty()).then(|| table(&heads, &rows))
}

/// What an order costs, and how far that is from what it must.
pub fn demand(system: &System, limits: Option<&Limits>) -> Option<String> {
    let rows = system.latency.iter().map(|found| {
        let (demand, routes) = (&found.demand, messages::of_an_order(found.coordination));
        let rows_a_second = limits.map(|limits| limits.database.rows_batched);
        let possible = rows_a_second.filter(|_| demand.rows > 0.0);
        let possible = possible.map_or("-".into(), |rows| format!("{:.0}", rows / demand.rows));
        vec![
            found.coordination.label().to_owned(),
            format!("{:.2}", demand.published),
            routes.len().to_string(),
            format!("{:.2}", demand.handled),
            routes
                .iter()
                .map(|route| route.heard_by)
                .sum::<usize>()
                .to_string(),
            format!("{:.1}", demand.rows),
            format!("{:.1}", demand.syncs),
            possible,
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heads = [
        "an order costs",
        "messages",
        "must",
        "handled",
        "must",
        "rows written",
        "log syncs",
        "orders/s that PostgreSQL's batched rows allow",
    ];
    (!rows.is_empty()).then(|| table(&heads, &rows))
}

pub fn memory(system: &System) -> String {
    let kib = |memory: &Memory, name: &str| {
        let found = memory.services.get(name).copied().unwrap_or_default();
        format!("{:.1}", found.resident_kib as f64 / 1024.0)
    };
    let Some((_, first)) = system.memory.first() else {
        return String::new();
    };
    let rows = first.services.iter().map(|(name, resident)| {
        let mut row = vec![name.clone(), resident.processes.to_string()];
        row.extend(system.memory.iter().map(|(_, memory)| kib(memory, name)));
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let mut heads = vec!["resident MiB", "processes"];
    heads.extend(system.memory.iter().map(|(when, _)| *when));
    table(&heads, &rows)
}
