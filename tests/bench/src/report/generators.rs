//! Load generators side by side, as Markdown.

use super::{machine, table};
use crate::generators::Comparison;
use crate::generators::ladder::{Ladder, Step};
use crate::generators::memory::Memory;

const MIB: f64 = 1024.0;

pub fn markdown(found: &Comparison) -> String {
    let mut parts = vec![machine(&found.machine), highest(found), steps(found)];
    parts.extend(found.memory.as_ref().map(memory));
    parts.join("\n")
}

fn highest(found: &Comparison) -> String {
    let of = |ladder: &Ladder| match ladder.highest() {
        Some(step) => row(&ladder.name, step),
        None => vec![ladder.name.clone(), "none of the rates was kept".into()],
    };
    let absent = found.absent.iter();
    let absent = absent.map(|(name, why)| vec![(*name).to_owned(), format!("absent: {why}")]);
    let rows: Vec<Vec<String>> = found.ladders.iter().map(of).chain(absent).collect();
    table(&heads("highest rate kept"), &padded(rows))
}

fn steps(found: &Comparison) -> String {
    let of = |ladder: &Ladder| {
        let row = |step: &Step| {
            let mut row = row(&ladder.name, step);
            row.push(step.fault.map_or("held".into(), |fault| fault.to_string()));
            row
        };
        ladder.steps.iter().map(row).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = found.ladders.iter().flat_map(of).collect();
    let first = format!("steps of {} s", found.seconds);
    let mut heads = heads(&first).to_vec();
    heads.push("");
    table(&heads, &rows)
}

fn heads(first: &str) -> [&str; 9] {
    [
        first,
        "asked for, requests/s",
        "reached, requests/s",
        "late or not sent",
        "p50 ms",
        "p99 ms",
        "its processor s a 1,000 requests",
        "the stub's",
        "its peak MiB",
    ]
}

fn row(name: &str, step: &Step) -> Vec<String> {
    let seen = &step.seen;
    let a_thousand = |used_ms: u64| match seen.requests {
        0 => "-".to_owned(),
        requests => format!("{:.4}", used_ms as f64 / requests as f64),
    };
    let late = |share| format!("{:.2} %", 100.0 * share);
    vec![
        name.to_owned(),
        step.rate
            .map_or("as many as it can".into(), |rate| rate.to_string()),
        format!("{:.0}", seen.requests_per_second()),
        seen.late_share.map_or("closed loop".into(), late),
        format!("{:.2}", seen.p50_ms),
        format!("{:.2}", seen.p99_ms),
        a_thousand(step.generator_used_ms),
        a_thousand(step.stub_used_ms),
        format!("{:.0}", step.peak_kib as f64 / MIB),
    ]
}

fn padded(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    rows.iter_mut()
        .for_each(|row| row.resize(width, String::new()));
    rows
}

fn memory(memory: &Memory) -> String {
    let mark =
        |(orders, kib): &(u64, u64)| vec![orders.to_string(), format!("{:.1}", *kib as f64 / MIB)];
    let rows: Vec<Vec<String>> = memory.marks.iter().map(mark).collect();
    let head = format!("loadgen at {} requests/s: orders that ended", memory.rate);
    let history = memory.history_bytes as f64 / MIB / MIB;
    let after = format!("The history of them on the disk: {history:.0} MiB.\n");
    format!("{}\n{after}", table(&[&head, "resident MiB"], &rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::Seen;
    use crate::machine::Machine;

    #[test]
    fn who_was_absent_is_said() {
        let step = Step {
            rate: Some(2_000),
            seen: Seen {
                requests: 20_000,
                seconds: 10.0,
                late_share: Some(0.001),
                ..Seen::default()
            },
            generator_used_ms: 1_000,
            stub_used_ms: 500,
            peak_kib: 20_480,
            fault: None,
        };
        let ladder = Ladder {
            name: "loadgen".into(),
            steps: vec![step],
        };
        let text = markdown(&Comparison {
            machine: Machine::read(None),
            seconds: 10,
            ladders: vec![ladder],
            absent: vec![("wrk", "not on the path".into())],
            memory: None,
        });
        let ours = "| loadgen | 2000 | 2000 | 0.10 % | 0.00 | 0.00 | 0.0500 | 0.0250 | 20 |";
        assert!(text.contains(ours), "{text}");
        assert!(text.contains("| wrk | absent: not on the path |"), "{text}");
    }
}
