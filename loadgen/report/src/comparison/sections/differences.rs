//! Every figure of both runs: those that exceed noise first, then all.

use crate::comparison::Comparison;
use crate::comparison::decided::Decided;
use crate::comparison::sentence::title;
use crate::markup::Html;
use crate::sections::{self, Section};

pub const SECTION: Section<Comparison> = Section {
    id: "differences",
    title: "Differences",
    about: "B held against A. The interval is where the difference lies with a certainty of 95 %; one that has zero in it is within noise.",
    body,
};

const COLUMNS: [&str; 6] = ["Figure", "B is", "A", "B", "Difference", "95 % interval"];

fn body(html: &mut Html, comparison: &Comparison) {
    let exceeding: Vec<&Decided> = comparison
        .figures
        .iter()
        .filter(|decided| decided.word.exceeds_noise())
        .collect();
    if exceeding.is_empty() {
        html.raw("<p>No figure differs by more than noise.</p>");
        return all(html, comparison);
    }
    sections::table(html, "What exceeds noise", &COLUMNS, |html| {
        for decided in exceeding {
            row(html, decided, &title(decided));
        }
    });
    html.tag("details", &[], |html| {
        html.raw("<summary>All figures</summary>");
        all(html, comparison);
    });
}

fn all(html: &mut Html, comparison: &Comparison) {
    sections::table(html, "All figures", &COLUMNS, |html| {
        let mut group = "";
        for decided in &comparison.figures {
            if decided.figure.group != group {
                group = &decided.figure.group;
                html.tag("tr", &[("class", &"group")], |html| {
                    html.leaf("th", &[("scope", &"colgroup"), ("colspan", &6)], group);
                });
            }
            row(html, decided, &decided.figure.name);
        }
    });
}

fn row(html: &mut Html, decided: &Decided, name: &str) {
    let [a, b] = decided.figure.values.shown();
    let class = if decided.word.exceeds_noise() {
        "exceeds"
    } else {
        "quiet"
    };
    html.tag("tr", &[("class", &class)], |html| {
        html.leaf("th", &[("scope", &"row")], name);
        html.tag("td", &[("class", &"number")], |html| {
            super::badge(html, decided.word);
        });
        for cell in [a, b, decided.difference()] {
            html.leaf("td", &[("class", &"number value")], cell);
        }
        html.tag("td", &[("class", &"interval")], |html| {
            html.text(decided.interval());
            html.leaf("small", &[], format_args!(" {}", decided.why));
        });
    });
}
