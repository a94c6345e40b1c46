//! The comparison as a terminal shows it.

use super::decided::Decided;
use super::figures::Word;
use super::{Comparison, NAMES};
use crate::words::utc;

/// Puts a colour on what a word says; the word itself says it too.
pub type Paint<'a> = &'a dyn Fn(Word, &str) -> String;

const HEADS: [&str; 6] = ["", "A", "B", "difference", "95 % interval", "B is"];
/// A longer name takes what room it needs.
const NAME_MAX: usize = 44;
const GAP: &str = "  ";

impl Comparison {
    pub fn table(&self, paint: Paint) -> String {
        let mut lines = Vec::new();
        for (run, name) in self.runs.iter().zip(NAMES) {
            let (record, run) = (&run.files.record, &run.files.judgement.run);
            let began = utc(record.started_ms);
            lines.push(format!("{name}  run {run}, seed {}, {began}", record.seed));
        }
        lines.extend(self.not_asked_the_same());
        lines.push(String::new());
        let rows: Vec<[String; 6]> = self.figures.iter().map(row).collect();
        let widths: [usize; 6] = std::array::from_fn(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            let widest = cells.chain([HEADS[column].len()]).max().unwrap_or(0);
            if column == 0 {
                widest.min(NAME_MAX)
            } else {
                widest
            }
        });
        lines.push(line(&HEADS.map(String::from), &widths));
        let mut group = "";
        for (decided, row) in self.figures.iter().zip(&rows) {
            if decided.figure.group != group {
                group = &decided.figure.group;
                lines.push(group.to_owned());
            }
            lines.push(paint(decided.word, &line(row, &widths)));
        }
        lines.push(String::new());
        lines.push(self.sentence());
        lines.join("\n")
    }
}

fn row(decided: &Decided) -> [String; 6] {
    let [a, b] = decided.figure.values.shown();
    let word = decided.word.label();
    let word = match decided.why.as_str() {
        "" => word.to_owned(),
        why => format!("{word}: {why}"),
    };
    [
        format!("{GAP}{}", decided.figure.name),
        a,
        b,
        decided.difference(),
        decided.interval(),
        word,
    ]
}

/// Names and words begin at the left, numbers end at the right.
fn line(cells: &[String; 6], widths: &[usize; 6]) -> String {
    let cell = |column: usize| {
        let (cell, width) = (&cells[column], widths[column]);
        match column {
            0 => format!("{cell:<width$}"),
            5 => cell.clone(),
            _ => format!("{cell:>width$}"),
        }
    };
    let cells: Vec<String> = (0..cells.len()).map(cell).collect();
    cells.join(GAP).trim_end().to_owned()
}
