//! The faults over a chart: shaded with an edge at either side, and a lane above all charts that names them.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::axis::{self, HEIGHT, Timeline};
use crate::findings::faults::Fault;
use crate::findings::window::Window;
use crate::markup::Html;

/// More rows take the room of a chart.
const ROWS_MAX: usize = 4;
/// A letter's width as a part of the lane on a desk, a number's on a phone.
const LETTER_SHARE: f64 = 0.0068;
const NUMBER_SHARE: f64 = 0.06;

/// Inside a plot; the faults of each run in a path of their own.
pub fn shade(html: &mut Html, timeline: Timeline) {
    let runs: BTreeSet<&str> = timeline.faults.iter().map(|fault| fault.run).collect();
    for run in runs {
        let (mut areas, mut edges) = (String::new(), String::new());
        for fault in timeline.faults.iter().filter(|fault| fault.run == run) {
            let (from, to) = ends(timeline.window, fault);
            areas += &format!("M{from:.1} 0H{to:.1}V{HEIGHT}H{from:.1}Z");
            edges += &format!("M{from:.1} 0V{HEIGHT}M{to:.1} 0V{HEIGHT}");
        }
        let (area, edge) = (of_run("fault", run), of_run("fault-edge", run));
        html.leaf("path", &[("class", &area), ("d", &areas)], "");
        html.leaf("path", &[("class", &edge), ("d", &edges)], "");
    }
}

/// `fault`, or `fault of-B`
fn of_run(class: &str, run: &str) -> String {
    match run {
        "" => class.to_owned(),
        run => format!("{class} of-{run}"),
    }
}

/// Above the plots: each fault with its number, and its name where there is room for all names.
pub fn lane(html: &mut Html, timeline: Timeline) {
    let named = rows(timeline, |fault| {
        (name(fault).chars().count() + 6) as f64 * LETTER_SHARE
    });
    let (class, rows) = match named {
        Some(rows) => ("lane", rows),
        None => (
            "lane crowded",
            rows(timeline, |_| NUMBER_SHARE).unwrap_or_default(),
        ),
    };
    let height = rows.iter().map(|row| row + 1).max().unwrap_or(0) as f64 * 1.5;
    let height = format!("height:{height:.1}rem");
    let attributes: [(&'static str, &dyn Display); 3] = [
        ("class", &class),
        ("style", &height),
        ("aria-label", &"Faults, in the order in which they began"),
    ];
    html.tag("ol", &attributes, |html| {
        for (nth, fault) in timeline.faults.iter().enumerate() {
            // Where even numbers find no room, one lies on the other.
            mark(
                html,
                timeline.window,
                fault,
                rows.get(nth).copied().unwrap_or(0),
            );
        }
    });
}

/// The names below, where the lane has no room for them. Who listens to the page hears them in the lane, always.
pub fn names(html: &mut Html, timeline: Timeline) {
    html.tag(
        "ul",
        &[("class", &"fault-names"), ("aria-hidden", &"true")],
        |html| {
            for fault in timeline.faults {
                html.tag("li", &[("class", &of_run("mark", fault.run))], |html| {
                    html.leaf("b", &[], fault.mark());
                    html.text(" ");
                    html.text(name(fault));
                });
            }
        },
    );
}

fn mark(html: &mut Html, window: &Window, fault: &Fault, row: usize) {
    let (from, to) = ends(window, fault);
    let top = format!("top:{:.1}rem", row as f64 * 1.5);
    let length = format!("left:{:.2}%;width:{:.2}%", from / 10.0, (to - from) / 10.0);
    let left = format!("left:{:.2}%", from / 10.0);
    html.tag(
        "li",
        &[("class", &of_run("mark", fault.run)), ("style", &top)],
        |html| {
            html.leaf("i", &[("style", &length)], "");
            let label = fault.label();
            html.tag("span", &[("style", &left), ("title", &label)], |html| {
                html.leaf("b", &[], fault.mark());
                html.text(" ");
                html.leaf("span", &[], name(fault));
            });
        },
    );
}

/// A row for each fault, so that none lies on another; `None` when there are too few rows.
fn rows(timeline: Timeline, width: impl Fn(&Fault) -> f64) -> Option<Vec<usize>> {
    let mut taken_to = [0.0; ROWS_MAX];
    let row = |fault: &Fault| {
        let from = ends(timeline.window, fault).0 / axis::WIDTH;
        let row = taken_to.iter().position(|to| *to <= from)?;
        taken_to[row] = from + width(fault);
        // What would hang over the edge has no room either.
        (taken_to[row] <= 1.0 + NUMBER_SHARE).then_some(row)
    };
    timeline.faults.iter().map(row).collect()
}

/// `process/kill` is known as kill.
fn name(fault: &Fault) -> String {
    let kind = fault.kind.rsplit('/').next().unwrap_or(&fault.kind);
    format!("{kind} {}", fault.target)
}

/// In the plot's coordinates.
fn ends(window: &Window, fault: &Fault) -> (f64, f64) {
    (
        axis::x(window, fault.began_ms as f64),
        axis::x(window, fault.ended_ms as f64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::faults::{self, tests::injection};
    use checkers::journal::Journal;

    fn drawn(draw: fn(&mut Html, Timeline), kinds: &[(u64, u64)]) -> String {
        let run = kinds
            .iter()
            .map(|(from_ms, to_ms)| injection("process/kill", *from_ms, *to_ms, &["orders-1"]))
            .collect();
        let faults = faults::of(&Journal {
            run,
            ..Journal::default()
        });
        let window = Window {
            from_ms: 0,
            to_ms: 10_000,
        };
        let mut html = Html::default();
        draw(
            &mut html,
            Timeline {
                window: &window,
                faults: &faults,
            },
        );
        html.into_string()
    }

    #[test]
    fn a_fault_is_shaded_from_its_beginning_to_its_end_and_has_edges() {
        let shaded = drawn(shade, &[(1_000, 2_500)]);
        assert!(shaded.contains("M100.0 0H250.0V100H100.0Z"), "{shaded}");
        assert!(shaded.contains("M100.0 0V100M250.0 0V100"), "{shaded}");
        assert_eq!(drawn(shade, &[]), "");
    }

    #[test]
    fn faults_that_lie_close_get_rows_and_a_crowd_is_told_apart_by_numbers() {
        let close = drawn(lane, &[(1_000, 1_100); 4]);
        assert!(
            close.contains("class=\"lane\"") && close.contains("top:4.5rem"),
            "{close}"
        );
        let crowd = drawn(lane, &[(1_000, 1_100); 5]);
        assert!(crowd.contains("class=\"lane crowded\""), "{crowd}");
        assert!(crowd.contains("<b>5</b>"), "{crowd}");
    }

    /// What is not displayed is not heard either: in the lane a name without room is only out of sight.
    #[test]
    fn names_without_room_in_the_lane_can_still_be_heard() {
        let style = include_str!("../style.css");
        let rules = style.lines().filter(|rule| rule.contains("span span{"));
        let rules: Vec<&str> = rules.collect();
        assert_eq!(rules.len(), 2, "crowded and narrow");
        for rule in rules {
            assert!(rule.contains("clip-path:inset(50%)"), "{rule}");
            assert!(!rule.contains("display:none"), "{rule}");
        }
        let crowd = drawn(lane, &[(1_000, 1_100); 5]);
        assert!(!crowd.contains("aria-hidden"), "{crowd}");
        assert_eq!(crowd.matches("<span>kill orders-1</span>").count(), 5);
        assert!(drawn(names, &[(1_000, 1_100)]).contains("aria-hidden=\"true\""));
    }

    #[test]
    fn every_fault_is_named_beside_its_number() {
        let names = drawn(names, &[(1_000, 1_100); 5]);
        assert_eq!(names.matches("kill orders-1").count(), 5, "{names}");
    }
}
