//! The frame of a chart over time: its title and legend, the two axes, the plot between them.

use std::fmt::Display;

use super::bands;
use super::scale::Scale;
use crate::findings::faults::Fault;
use crate::findings::window::{Grid, Window};
use crate::markup::Html;
use crate::words::Value;

/// Units of a plot's own coordinates; it is stretched to the page.
pub const WIDTH: f64 = 1_000.0;
pub const HEIGHT: f64 = 100.0;

/// As many labels as a phone has room for.
const TIME_TICKS_MAX: u64 = 6;
const TICKS_S: [u64; 12] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600];

/// The time axis that all charts share, and what was broken on it.
#[derive(Clone, Copy)]
pub struct Timeline<'a> {
    pub window: &'a Window,
    pub faults: &'a [Fault],
}

pub struct Frame<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    /// The numbers in words.
    pub description: String,
    pub scale: Scale,
    pub grid: Grid,
    pub legend: Vec<Legend>,
}

/// A line's name, the class that draws it, and its values for the read-out.
pub struct Legend {
    pub label: String,
    pub class: String,
    pub values: String,
}

/// Where a moment of the window lies, in the plot's coordinates.
pub fn x(window: &Window, at_ms: f64) -> f64 {
    WIDTH * window.share(at_ms)
}

/// Labels of the time axis: how far into it (0 to 1), and what it says.
pub fn time_ticks(window: &Window) -> Vec<(f64, String)> {
    let length_s = window.length_ms() / 1_000;
    let fits = |step: &&u64| length_s / **step < TIME_TICKS_MAX;
    let step_s = TICKS_S
        .iter()
        .find(fits)
        .copied()
        .unwrap_or(length_s / TIME_TICKS_MAX + 1);
    let label = |at_s: u64| match step_s {
        60.. if at_s > 0 => format!("{} min", Value(at_s as f64 / 60.0)),
        _ => format!("{at_s} s"),
    };
    (0..=length_s / step_s)
        .map(|tick| tick * step_s)
        .map(|at_s| {
            (
                at_s as f64 * 1_000.0 / window.length_ms() as f64,
                label(at_s),
            )
        })
        // A label at the very edge would hang over it.
        .filter(|(share, _)| *share < 0.97)
        .collect()
}

/// A chart; `plot` draws into it.
pub fn frame(html: &mut Html, timeline: Timeline, frame: &Frame, plot: impl FnOnce(&mut Html)) {
    html.tag(
        "figure",
        &[("class", &"chart"), ("data-step", &frame.grid.step_ms)],
        |html| {
            caption(html, frame);
            html.tag("div", &[("class", &"plot")], |html| {
                html.tag(
                    "div",
                    &[("class", &"y"), ("aria-hidden", &"true")],
                    |html| {
                        for (value, label) in frame.scale.ticks() {
                            let top = format!("top:{:.1}%", frame.scale.y(value));
                            html.leaf("span", &[("style", &top)], label);
                        }
                    },
                );
                svg(html, frame.title, &frame.description, |html| {
                    bands::shade(html, timeline);
                    rules(html, timeline.window, &frame.scale);
                    plot(html);
                });
                time_axis(html, timeline.window);
            });
        },
    );
}

fn caption(html: &mut Html, frame: &Frame) {
    html.tag("figcaption", &[], |html| {
        html.tag("h3", &[], |html| {
            html.text(frame.title);
            html.leaf("small", &[], format_args!(" {}", frame.unit));
        });
        if frame.legend.is_empty() {
            return;
        }
        html.tag("ul", &[("class", &"legend")], |html| {
            for entry in &frame.legend {
                html.tag("li", &[], |html| {
                    swatch(html, &entry.class);
                    html.text(&entry.label);
                    html.leaf("output", &[("data-values", &entry.values)], "");
                });
            }
        });
    });
}

/// A short piece of a line: its colour and its dashes.
pub fn swatch(html: &mut Html, class: &str) {
    let attributes: [(&'static str, &dyn Display); 3] = [
        ("class", &"swatch"),
        ("viewBox", &"0 0 24 8"),
        ("aria-hidden", &"true"),
    ];
    html.tag("svg", &attributes, |html| {
        html.leaf("path", &[("class", &class), ("d", &"M0 4H24")], "");
    });
}

/// A stretched plot with its name and its numbers in words.
pub fn svg(html: &mut Html, title: &str, description: &str, plot: impl FnOnce(&mut Html)) {
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    let attributes: [(&'static str, &dyn Display); 3] = [
        ("role", &"img"),
        ("viewBox", &view_box),
        ("preserveAspectRatio", &"none"),
    ];
    html.tag("svg", &attributes, |html| {
        html.leaf("title", &[], title);
        html.leaf("desc", &[], description);
        plot(html);
    });
}

fn rules(html: &mut Html, window: &Window, scale: &Scale) {
    let mut d = String::new();
    for (value, _) in scale.ticks() {
        d += &format!("M0 {:.1}H{WIDTH}", scale.y(value));
    }
    for (share, _) in time_ticks(window) {
        d += &format!("M{:.1} 0V{HEIGHT}", share * WIDTH);
    }
    html.leaf("path", &[("class", &"rule"), ("d", &d)], "");
}

pub fn time_axis(html: &mut Html, window: &Window) {
    html.tag(
        "div",
        &[("class", &"x"), ("aria-hidden", &"true")],
        |html| {
            for (share, label) in time_ticks(window) {
                let left = format!("left:{:.2}%", share * 100.0);
                html.leaf("span", &[("style", &left)], label);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_axis_has_few_labels_at_round_times() {
        let ticks = |length_s: u64| {
            let window = Window {
                from_ms: 5,
                to_ms: 5 + length_s * 1_000,
            };
            time_ticks(&window)
                .into_iter()
                .map(|(_, label)| label)
                .collect::<Vec<_>>()
        };
        assert_eq!(ticks(40), ["0 s", "10 s", "20 s", "30 s"]);
        assert_eq!(ticks(600), ["0 s", "2 min", "4 min", "6 min", "8 min"]);
    }
}
