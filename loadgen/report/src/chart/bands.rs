//! The faults over a chart: shaded with an edge at either side, and a lane above all charts that names them.

use super::axis::{self, HEIGHT, Timeline};
use crate::findings::faults::Fault;
use crate::findings::window::Window;
use crate::markup::Html;

/// Rows of the lane; a fault that finds no room keeps its number only.
const ROWS_MAX: usize = 4;
/// A letter's width of a lane on a wide page.
const LETTER_SHARE: f64 = 0.0068;

/// Inside a plot.
pub fn shade(html: &mut Html, timeline: Timeline) {
    let (mut areas, mut edges) = (String::new(), String::new());
    for fault in timeline.faults {
        let (from, to) = ends(timeline.window, fault);
        areas += &format!("M{from:.1} 0H{to:.1}V{HEIGHT}H{from:.1}Z");
        edges += &format!("M{from:.1} 0V{HEIGHT}M{to:.1} 0V{HEIGHT}");
    }
    if !areas.is_empty() {
        html.leaf("path", &[("class", &"fault"), ("d", &areas)], "");
        html.leaf("path", &[("class", &"fault-edge"), ("d", &edges)], "");
    }
}

/// Above the plots: each fault with its number, and its name where there is room.
pub fn lane(html: &mut Html, timeline: Timeline) {
    let mut rows_end = [0.0; ROWS_MAX];
    let placed: Vec<(usize, &Fault, Option<String>)> = timeline
        .faults
        .iter()
        .map(|fault| {
            let from = ends(timeline.window, fault).0 / axis::WIDTH;
            let name = format!("{} {}", kind(&fault.kind), fault.target);
            let until = from + (name.chars().count() + 6) as f64 * LETTER_SHARE;
            match rows_end.iter().position(|end| *end <= from) {
                Some(row) if until <= 1.0 => {
                    rows_end[row] = until;
                    (row, fault, Some(name))
                }
                Some(row) => (row, fault, None),
                None => (0, fault, None),
            }
        })
        .collect();
    let rows = placed.iter().map(|(row, ..)| row + 1).max().unwrap_or(0);
    let height = format!("height:{:.1}rem", rows as f64 * 1.5);
    html.tag(
        "ol",
        &[
            ("class", &"lane"),
            ("style", &height),
            ("aria-label", &"Faults, in the order in which they began"),
        ],
        |html| {
            for (row, fault, name) in placed {
                let (from, to) = ends(timeline.window, fault);
                let top = format!("top:{:.1}rem", row as f64 * 1.5);
                let length = format!("left:{:.2}%;width:{:.2}%", from / 10.0, (to - from) / 10.0);
                let left = format!("left:{:.2}%", from / 10.0);
                html.tag(
                    "li",
                    &[("style", &top), ("title", &fault.label())],
                    |html| {
                        html.leaf("i", &[("style", &length)], "");
                        html.tag("span", &[("style", &left)], |html| {
                            html.leaf("b", &[], fault.number);
                            if let Some(name) = name {
                                html.leaf("span", &[], name);
                            }
                        });
                    },
                );
            }
        },
    );
}

/// `process/kill` is known as kill.
fn kind(kind: &str) -> &str {
    kind.rsplit('/').next().unwrap_or(kind)
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
        let faults = faults::of(&Journal { run });
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
    fn faults_that_lie_close_get_rows_and_then_their_number_only() {
        let lane = drawn(lane, &[(1_000, 1_100); 5]);
        assert_eq!(
            lane.matches("<span>kill orders-1</span>").count(),
            4,
            "{lane}"
        );
        assert!(lane.contains("<b>5</b>"), "{lane}");
        assert!(lane.contains("top:4.5rem"), "{lane}");
    }
}
