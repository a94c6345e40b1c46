//! What was asked of the run, and the command that asks it again.

use super::Section;
use crate::files::{Load, Pace, Record};
use crate::findings::Findings;
use crate::findings::orders::Order;
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
            html.tag("pre", &[], |html| html.leaf("code", &[], command(record)));
        },
    );
    let load = &record.load;
    let orchestrated = |order: &&Order| order.coordination == "orchestration";
    let orchestrated = findings.orders.iter().filter(orchestrated).count();
    let share = 100.0 * orchestrated as f64 / findings.orders.len().max(1) as f64;
    let rows = [
        ("Run", findings.files.judgement.run.clone()),
        ("Seed", record.seed.to_string()),
        ("Began", utc(record.started_ms)),
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

fn asked(load: &Load) -> String {
    let (rate, length) = (Value(load.rate_intended), Ms(load.seconds * 1_000.0));
    match load.pace {
        Pace::Open => format!("{rate} orders/s intended for {length}"),
        Pace::Closed => format!("a closed loop for {length}"),
    }
}

fn row(html: &mut Html, name: &str, value: &str) {
    html.tag("tr", &[], |html| {
        html.leaf("th", &[("scope", &"row")], name);
        html.leaf("td", &[], value);
    });
}

/// As it was typed, with the seed that it drew and without the folder that it filled. A run that did not write its
/// command down is asked for by what else it says.
fn command(record: &Record) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut typed = record.command.iter();
    while let Some(word) = typed.next() {
        match word.as_str() {
            "--out" | "--seed" => {
                typed.next();
            }
            word if word.starts_with("--out=") || word.starts_with("--seed=") => {}
            word => words.push(quoted(word)),
        }
    }
    if words.is_empty() {
        words.extend([
            "loadgen run --rate".into(),
            record.load.rate_intended.to_string(),
        ]);
        words.extend(["--duration".into(), format!("{:.0}s", record.load.seconds)]);
        if let Some(method) = &record.method {
            words.extend(["--method".into(), quoted(method)]);
        }
    }
    words.extend(["--seed".into(), record.seed.to_string()]);
    words.join(" ")
}

/// For a POSIX shell.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,%+@".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_what_was_typed_with_the_seed_that_was_drawn() {
        let typed = [
            "target/debug/loadgen",
            "run",
            "--out",
            "runs/x",
            "--seed=3",
            "--method",
            "sh -c 'kill 1'",
        ];
        let record = Record {
            seed: 7,
            command: typed.map(String::from).into(),
            ..Record::default()
        };
        let expected = r"target/debug/loadgen run --method 'sh -c '\''kill 1'\''' --seed 7";
        assert_eq!(command(&record), expected);
    }

    #[test]
    fn a_run_without_its_command_is_asked_for_by_what_it_says() {
        let mut record = Record {
            seed: 7,
            method: Some("chaos apply x".into()),
            ..Record::default()
        };
        record.load.rate_intended = 20.0;
        record.load.seconds = 40.001;
        let expected = "loadgen run --rate 20 --duration 40s --method 'chaos apply x' --seed 7";
        assert_eq!(command(&record), expected);
    }
}
