//! What an order costs in processor time, and who uses it.

use std::collections::BTreeSet;

use crate::system::System;
use crate::system::generator::Phase;
use crate::system::processor::{LOAD, MACHINE};

/// At the modest rate and at the highest: batches make the difference.
pub fn table(system: &System) -> Option<String> {
    let modest = system.latency.iter().map(|it| (it.coordination, &it.phase));
    let highest = system
        .highest
        .iter()
        .filter_map(|it| Some((it.coordination, it.phase()?)));
    let phases: Vec<_> = modest.chain(highest).collect();
    let names: BTreeSet<&String> = phases
        .iter()
        .flat_map(|(_, it)| it.processor.used_ms.keys())
        .collect();
    let each = |used_ms: u64, phase: &Phase| match phase.load.ended {
        0 => "-".to_owned(),
        ended => format!("{:.2}", used_ms as f64 / ended as f64),
    };
    let row = |name: &String| {
        let used = |phase: &Phase| phase.processor.used_ms.get(name).copied().unwrap_or(0);
        let cells = phases.iter().map(|(_, phase)| each(used(phase), phase));
        let name = if name == LOAD {
            "the load itself"
        } else {
            name
        };
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    let mut rows: Vec<Vec<String>> = names
        .into_iter()
        .filter(|it| *it != MACHINE)
        .map(row)
        .collect();
    let others = phases
        .iter()
        .map(|(_, phase)| each(phase.processor.others_ms(), phase));
    rows.push(
        std::iter::once("the kernel, and others on this machine".to_owned())
            .chain(others)
            .collect(),
    );
    let heads = phases.iter().map(|(coordination, phase)| {
        format!(
            "{}, {:.0} orders/s",
            coordination.label(),
            phase.load.rate_intended
        )
    });
    let heads: Vec<String> = std::iter::once("processor ms an order".to_owned())
        .chain(heads)
        .collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    (!phases.is_empty()).then(|| super::table(&heads, &rows))
}
