//! One page that shows a run: what broke, for how long, whether anything was lost, and where time went.
//!
//! ```text
//! run folder -> files -> findings -> sections, which draw with charts -> report.html
//! two of them  ->  findings -> figures -> decided against noise -> sections -> compare.html
//! ```
//!
//! Either page is one file without a network: HTML, inline SVG, a style and a small script that reads values out.
//!
//! # Layout
//! - [`files`]: the files of a run folder, as far as a report needs them
//! - [`findings`]: what they come to: orders, faults, recovery, critical paths
//! - [`sections`]: one file a section, in the order of the page
//! - [`chart`]: the kinds of drawings
//! - [`comparison`]: two runs held against each other, with what exceeds noise; a table, and a page of its own
//! - [`page`], [`markup`], [`words`]: the page around its sections; HTML that cannot forget to escape; numbers as people read them

#![forbid(unsafe_code)]

pub mod chart;
pub mod comparison;
pub mod files;
pub mod findings;
pub mod markup;
pub mod page;
pub mod sections;
pub mod words;

use std::path::{Path, PathBuf};

pub use comparison::Comparison;
pub use files::ReportError;

use files::Files;
use findings::Findings;
use page::Page;
use words::utc;

/// Writes `report.html` into the folder of a judged run.
pub fn write(folder: &Path) -> Result<PathBuf, ReportError> {
    let page = page(&Findings::of(Files::read(folder)?));
    page::keep(&folder.join("report.html"), page)
}

pub fn page(findings: &Findings) -> String {
    let (record, judgement) = (&findings.files.record, &findings.files.judgement);
    let page = Page {
        title: format!("{} run {}", judgement.verdict, judgement.run),
        class: "reported",
        heads: [
            format!("Breakwater run {}", judgement.run),
            format!("{}, {}", utc(record.started_ms), record.load.pace.head()),
        ],
    };
    page.write(|html| {
        for section in sections::ALL {
            sections::write(html, &section, findings);
        }
    })
}
