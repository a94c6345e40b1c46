//! What was found, as a table.

use crate::{
    check::{Report, Unfinished},
    claims,
    scenario::Scenario,
};
use std::fmt::Write;

pub fn models(scenarios: &[Scenario]) -> String {
    scenarios.iter().fold(String::new(), |mut table, scenario| {
        let _ = writeln!(table, "{:<34} {}", scenario.name, scenario.about);
        table
    })
}

pub fn reports(reports: &[(String, Result<Report, Unfinished>)]) -> String {
    let mut table = format!(
        "{:<34} {:>10} {:>6} {:>8}  {}\n",
        "model", "states", "depth", "seconds", "properties"
    );
    for (model, report) in reports {
        let _ = match report {
            Ok(report) => writeln!(
                table,
                "{model:<34} {:>10} {:>6} {:>8.1}  {}",
                report.states,
                report.depth,
                report.elapsed.as_secs_f64(),
                properties(report)
            ),
            Err(Unfinished(reason)) => writeln!(table, "{model:<34} not finished: {reason}"),
        };
    }
    table
}

fn properties(report: &Report) -> String {
    let held = claims::ALL.len() - report.violated().count();
    let seen = report.sights - report.unseen.len();
    let mut words = format!(
        "{held}/{} always, {seen}/{} sometimes",
        claims::ALL.len(),
        report.sights
    );
    if !report.violations.is_empty() {
        words += "  VIOLATED";
    } else if !report.unseen.is_empty() {
        words += "  NOT SEEN";
    }
    words
}

/// Each violation with its story, and what was not seen.
pub fn failures(reports: &[(String, Result<Report, Unfinished>)]) -> String {
    let mut text = String::new();
    for (model, report) in reports {
        let Ok(report) = report else { continue };
        for violation in &report.violations {
            let _ = writeln!(
                text,
                "\n{model} violates, after {} steps:\n  {}\n\n{}",
                violation.steps,
                violation.claims.join("\n  "),
                violation.story
            );
        }
        // A search that stopped at a violation has not looked everywhere.
        if report.violations.is_empty() {
            for name in &report.unseen {
                let _ = writeln!(text, "\n{model} never came to see: {name}");
            }
        }
    }
    text
}
