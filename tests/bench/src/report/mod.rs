//! The figures as Markdown: a table of what was asked for, then what it was computed from.

mod comparison;
mod document;
pub mod generators;
mod limits;
mod processor;
mod steps;
mod system;

pub use document::{Document, GENERATORS, SYSTEM};

use crate::machine::Machine;
use crate::run::Figures;

pub fn markdown(figures: &Figures) -> String {
    let mut parts = vec![machine(&figures.machine)];
    if let Some(traced) = &figures.traced {
        parts.push(system::summary(traced, figures));
        parts.extend(system::latency(traced));
        parts.extend(system::demand(traced, figures.limits.as_ref()));
        parts.extend(processor::table(traced));
        parts.push(system::memory(traced));
    }
    if let Some(untraced) = &figures.untraced {
        parts.push(comparison::table(figures.traced.as_ref(), untraced));
    }
    if let Some(found) = &figures.limits {
        parts.push(limits::table(found, figures.traced.as_ref()));
    }
    let both = figures.traced.iter().map(|it| (it, "traced"));
    let both = both.chain(figures.untraced.iter().map(|it| (it, "untraced")));
    parts.extend(both.filter_map(|(system, name)| steps::table(system, name)));
    parts.join("\n")
}

fn machine(machine: &Machine) -> String {
    table(
        &["measured", ""],
        &[
            vec!["date".into(), machine.date.clone()],
            vec![
                "machine".into(),
                format!(
                    "{}, {} cores, {} MiB",
                    machine.processor, machine.cores, machine.memory_mib
                ),
            ],
            vec!["kernel".into(), machine.kernel.clone()],
            vec!["commit".into(), machine.commit.clone()],
            vec!["profile".into(), machine.profile.into()],
            vec!["command".into(), format!("`{}`", machine.command)],
        ],
    )
}

/// A Markdown table, ended by a line break.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<&str> = cells.collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = line(&mut heads.iter().copied());
    text += &format!("|{}\n", "---|".repeat(heads.len()));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

/// `part` of `whole` in percent; a dash where there is no whole.
fn share(part: f64, whole: f64) -> String {
    if whole > 0.0 {
        format!("{:.0} %", 100.0 * part / whole)
    } else {
        "-".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_head_a_rule_and_its_rows() {
        let text = table(&["a", "b"], &[vec!["1".into(), "2".into()]]);
        assert_eq!(text, "| a | b |\n|---|---|\n| 1 | 2 |\n");
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(share(1.0, 4.0), "25 %");
        assert_eq!(share(1.0, 0.0), "-");
    }
}
