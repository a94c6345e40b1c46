//! A page of Markdown as it is built up: bounded, and whatever comes from data is text.

use std::fmt::Write;

/// GitHub takes 1 MiB of all runs of a step; so small, those of every experiment together fit.
pub const BYTES_MAX: usize = 32 * 1024;
/// Of a cell: a row that is longer is read in verdict.json.
const CELL_CHARS_MAX: usize = 200;

/// Whole lines as long as there is room: what is cut short is no table.
#[derive(Default)]
pub struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    pub fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if self.left_out > 0 || self.text.len() + line.len() >= BYTES_MAX {
            self.left_out += 1;
            return;
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub fn table(&mut self, columns: &[&str]) {
        self.line("");
        self.row(columns);
        self.line(format!("|{}", "---|".repeat(columns.len())));
    }

    pub fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        self.line(format!("| {} |", cells.join(" | ")));
    }

    pub fn finish(mut self) -> String {
        if self.left_out > 0 {
            let left_out = self.left_out;
            let _ = writeln!(
                self.text,
                "\n{left_out} lines are left out; verdict.json has them."
            );
        }
        self.text
    }
}

/// Text on one line that nothing takes for markup. Punctuation of ASCII may always be escaped.
pub fn cell(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars().take(CELL_CHARS_MAX) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A colon begins what becomes a link by itself; an at sign calls somebody.
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' | ':' | '@' => {
                out.extend(['\\', character]);
            }
            control if control.is_control() => out.push(' '),
            plain => out.push(plain),
        }
    }
    if text.chars().nth(CELL_CHARS_MAX).is_some() {
        out.push('…');
    }
    out
}
