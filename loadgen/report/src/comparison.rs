//! Two judged runs held against each other, with the differences that exceed noise.
//!
//! ```text
//! findings of A and B -> periods -> figures -> decided against noise -> a table, and compare.html
//! ```
//!
//! - [`period`]: before the faults, under them, the whole load
//! - [`figures`]: one file a kind of figure
//! - [`noise`]: how much a figure varies by chance
//! - [`decided`]: a word for each figure
//! - [`parameters`]: what was asked of the runs; [`latency`], [`series`], [`unit`]: what is measured, and in what
//! - [`sections`]: one file a section of the page; [`sentence`], [`table`]: the same for the terminal

pub mod decided;
pub mod figures;
pub mod latency;
pub mod noise;
pub mod parameters;
pub mod period;
pub mod sections;
pub mod sentence;
pub mod series;
pub mod table;
pub mod unit;

use std::path::{Path, PathBuf};

use decided::Decided;
use figures::{Pair, Word};
use parameters::Parameter;
use period::Periods;

use crate::files::{Files, ReportError};
use crate::findings::Findings;
use crate::findings::window::Window;
use crate::page::{self, Page};
use crate::words::utc;

/// How the two are called wherever they are shown.
pub const NAMES: [&str; 2] = ["A", "B"];

pub struct Comparison {
    /// A, which was first, and B, which is held against it.
    pub runs: [Findings; 2],
    pub periods: Periods,
    pub parameters: Vec<Parameter>,
    pub figures: Vec<Decided>,
    /// How far out a difference had to lie, in standard deviations.
    pub bar: f64,
}

impl Comparison {
    /// Of two run folders.
    pub fn read(a: &Path, b: &Path) -> Result<Self, ReportError> {
        Ok(Self::of([
            Findings::of(Files::read(a)?),
            Findings::of(Files::read(b)?),
        ]))
    }

    pub fn of(mut runs: [Findings; 2]) -> Self {
        for (run, name) in runs.iter_mut().zip(NAMES) {
            run.mark_faults(name);
        }
        let periods = Periods::of(&runs);
        let figures = figures::all(&Pair {
            runs: &runs,
            periods: &periods,
        });
        let (bar, figures) = decided::all(figures);
        Self {
            parameters: parameters::of(&runs),
            runs,
            periods,
            figures,
            bar,
        }
    }

    pub fn with(&self, word: Word) -> impl Iterator<Item = &Decided> {
        self.figures
            .iter()
            .filter(move |decided| decided.word == word)
    }

    pub fn is_worse(&self) -> bool {
        self.with(Word::Worse).next().is_some()
    }

    /// The time that is drawn: from the beginning of the load of either run, as long as the longer of the two.
    pub fn window(&self) -> Window {
        let lengths = self.runs.each_ref().map(|run| run.window.length_ms());
        Window {
            from_ms: 0,
            to_ms: lengths[0].max(lengths[1]),
        }
    }

    pub fn page(&self) -> String {
        let names = self.runs.each_ref().map(|run| &run.files.judgement.run);
        let about = self.runs.each_ref().map(|run| {
            let record = &run.files.record;
            format!("{}, {}", utc(record.started_ms), record.load.pace.head())
        });
        let page = Page {
            title: format!("{} against {}", names[1], names[0]),
            class: "compared",
            heads: [
                format!("A: run {}, {}", names[0], about[0]),
                format!("B: run {}, {}", names[1], about[1]),
            ],
        };
        page.write(|html| {
            for section in sections::ALL {
                crate::sections::write(html, &section, self);
            }
        })
    }

    /// Writes the page, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<PathBuf, ReportError> {
        page::keep(path, self.page())
    }
}
