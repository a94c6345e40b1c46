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

const COLUMNS: [&str; 6] = ["Figure", "A", "B", "Difference", "95 % interval", "B is"];

fn body(html: &mut Html, comparison: &Comparison) {
    let exceeding: Vec<&Decided> = comparison
        .figures
        .iter()
        .filter(|decided| decided.word.exceeds_noise())
        .collect();
    match exceeding.is_empty() {
        true => html.raw("<p>No figure differs by more than noise.</p>"),
        false => sections::table(html, "What exceeds noise", &COLUMNS, |html| {
            for decided in exceeding {
                row(html, decided, &title(decided));
            }
        }),
    }
    html.tag("details", &[("open", &"")], |html| {
        html.raw("<summary>All figures</summary>");
        sections::table(html, "All figures", &COLUMNS, |html| {
            let mut group = "";
            for decided in &comparison.figures {
                if decided.figure.group != group {
                    group = &decided.figure.group;
                    html.tag("tr", &[("class", &"group")], |html| {
                        let scope = [
                            ("scope", &"colgroup" as &dyn std::fmt::Display),
                            ("colspan", &6),
                        ];
                        html.leaf("th", &scope, group);
                    });
                }
                row(html, decided, &decided.figure.name);
            }
        });
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
        for cell in [a, b, decided.difference(), decided.interval()] {
            html.leaf("td", &[("class", &"number")], cell);
        }
        html.tag("td", &[], |html| {
            super::badge(html, decided.word);
            if !decided.why.is_empty() {
                html.leaf("small", &[], format_args!(" {}", decided.why));
            }
        });
    });
}
