//! The sections of the page, in its order. Each is a file with a `SECTION` and a `body`.

mod claims;
mod coordinations;
mod critical_path;
mod orders;
mod parameters;
mod recovery;
mod thresholds;
mod timeline;
mod untested;
mod verdict;

use std::fmt::Display;

use crate::chart::axis::Timeline;
use crate::chart::bands;
use crate::files::Pace;
use crate::findings::Findings;
use crate::markup::Html;

/// Of the page of a run, unless it is of another.
pub struct Section<Of = Findings> {
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence under the title: how to read it.
    pub about: &'static str,
    pub body: fn(&mut Html, &Of),
}

pub const ALL: [Section; 10] = [
    verdict::SECTION,
    thresholds::SECTION,
    claims::SECTION,
    timeline::SECTION,
    recovery::SECTION,
    coordinations::SECTION,
    critical_path::SECTION,
    orders::SECTION,
    untested::SECTION,
    parameters::SECTION,
];

pub fn write<Of>(html: &mut Html, section: &Section<Of>, of: &Of) {
    let title_id = format!("{}-title", section.id);
    html.tag(
        "section",
        &[("id", &section.id), ("aria-labelledby", &title_id)],
        |html| {
            html.leaf("h2", &[("id", &title_id)], section.title);
            if !section.about.is_empty() {
                html.leaf("p", &[("class", &"about")], section.about);
            }
            (section.body)(html, of);
        },
    );
}

/// What there is no data for is said, and nothing is drawn.
pub fn no_data(html: &mut Html, what: impl Display, why: impl Display) {
    html.tag("p", &[("class", &"no-data")], |html| {
        html.raw("<b>No data</b> for ");
        html.text(what);
        html.text(": ");
        html.text(why);
        html.text(".");
    });
}

/// Wherever latencies are shown.
fn pace(html: &mut Html, findings: &Findings) {
    if findings.files.record.load.pace == Pace::Closed {
        html.tag("p", &[("class", &"about")], |html| {
            html.raw("<b>Closed loop:</b> a slow system was asked less, so that latencies look better than customers would find them.");
        });
    }
}

/// A table in a box of its own, which scrolls where the page is narrower.
pub fn table(html: &mut Html, name: &'static str, columns: &[&str], rows: impl FnOnce(&mut Html)) {
    html.tag(
        "div",
        &[
            ("class", &"scroll"),
            ("tabindex", &"0"),
            ("role", &"group"),
            ("aria-label", &name),
        ],
        |html| {
            html.tag("table", &[], |html| {
                html.tag("thead", &[], |html| {
                    html.tag("tr", &[], |html| {
                        for column in columns {
                            html.leaf("th", &[("scope", &"col")], column);
                        }
                    });
                });
                html.tag("tbody", &[], rows);
            });
        },
    );
}

/// Charts over one time axis: the faults above them, and a slider that reads values out of all of them.
pub fn timeline(html: &mut Html, timeline: Timeline, charts: impl FnOnce(&mut Html)) {
    let length_ms = timeline.window.length_ms();
    html.tag(
        "div",
        &[("class", &"timeline"), ("data-length", &length_ms)],
        |html| {
            html.tag("div", &[("class", &"rail")], |html| {
                bands::lane(html, timeline);
                html.tag("div", &[("class", &"scrub")], |html| {
                    html.raw("<output>0.0 s</output>");
                    html.void(
                        "input",
                        &[
                            ("type", &"range"),
                            ("aria-label", &"Moment"),
                            ("min", &0),
                            ("max", &length_ms),
                            ("step", &(length_ms / 200).max(1)),
                            ("value", &0),
                        ],
                    );
                });
            });
            bands::names(html, timeline);
            charts(html);
        },
    );
}

/// A verdict is a word with a sign, never a colour alone.
fn badge(html: &mut Html, verdict: &str, word: &str) {
    let (class, sign) = match verdict {
        "valid" | "held" => ("badge valid", "\u{2713}"),
        "invalid" | "crossed" => ("badge invalid", "\u{2717}"),
        _ => ("badge unknown", "?"),
    };
    html.tag("span", &[("class", &class)], |html| {
        html.leaf("i", &[("aria-hidden", &"true")], sign);
        html.text(" ");
        html.text(word);
    });
}
