//! One page that shows a run: what broke, for how long, whether anything was lost, and where time went.
//!
//! ```text
//! run folder -> files -> findings -> sections, which draw with charts -> report.html
//! ```
//!
//! The page is one file without a network: HTML, inline SVG, a style and a small script that reads values out.
//!
//! # Layout
//! - [`files`]: the files of a run folder, as far as a report needs them
//! - [`findings`]: what they come to: orders, faults, recovery, critical paths
//! - [`sections`]: one file a section, in the order of the page
//! - [`chart`]: the kinds of drawings
//! - [`markup`], [`words`]: HTML that cannot forget to escape; numbers as people read them

#![forbid(unsafe_code)]

pub mod chart;
pub mod files;
pub mod findings;
pub mod markup;
pub mod sections;
pub mod words;

use std::path::{Path, PathBuf};

use files::Files;
pub use files::ReportError;
use findings::Findings;
use markup::Html;
use words::utc;

/// Writes `report.html` into the folder of a judged run.
pub fn write(folder: &Path) -> Result<PathBuf, ReportError> {
    let page = page(&Findings::of(Files::read(folder)?));
    let path = folder.join("report.html");
    // Whole or not at all: nobody opens half a page.
    let partial = folder.join("report.html.partial");
    std::fs::write(&partial, page)
        .and_then(|()| std::fs::rename(&partial, &path))
        .map_err(|source| ReportError::Write {
            path: path.clone(),
            source,
        })?;
    Ok(path)
}

pub fn page(findings: &Findings) -> String {
    let mut html = Html::default();
    let run = &findings.files.judgement.run;
    html.raw("<!doctype html>\n");
    html.tag("html", &[("lang", &"en")], |html| {
        html.tag("head", &[], |html| {
            html.raw(concat!(
                "<meta charset=\"utf-8\">",
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
                "<meta name=\"color-scheme\" content=\"light dark\">",
            ));
            html.leaf(
                "title",
                &[],
                format_args!("{} run {run}", findings.files.judgement.verdict),
            );
            html.raw(concat!("<style>", include_str!("style.css"), "</style>"));
        });
        html.tag("body", &[], |html| {
            html.tag("header", &[], |html| {
                html.leaf("p", &[], format_args!("Breakwater run {run}"));
                html.leaf("p", &[], utc(findings.files.record.started_ms));
            });
            html.tag("main", &[], |html| {
                for section in sections::ALL {
                    sections::write(html, &section, findings);
                }
            });
            html.raw(concat!("<script>", include_str!("script.js"), "</script>"));
        });
    });
    html.into_string()
}
