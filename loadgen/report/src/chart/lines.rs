//! Lines over time, each with a colour, a dash and a name of its own.

use super::axis::{self, Frame, HEIGHT, Legend, Timeline};
use super::scale::Scale;
use crate::findings::window::Grid;
use crate::markup::Html;
use crate::words::{Ms, Value};

/// As many as have a class of their own; more cannot be told apart.
pub const LINES_MAX: usize = 6;

pub struct Line {
    pub label: String,
    /// One a step of the grid; a step without a value is a gap.
    pub values: Vec<Option<f64>>,
}

pub struct LineChart<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub grid: Grid,
    pub lines: Vec<Line>,
    pub of: Measure,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Amount,
    /// Single happenings: stems, no line between them.
    Count,
    /// Milliseconds, over powers of ten.
    Latency,
}

impl Line {
    pub fn whole(label: impl Into<String>, values: Vec<f64>) -> Self {
        Self {
            label: label.into(),
            values: values.into_iter().map(Some).collect(),
        }
    }
}

pub fn draw(html: &mut Html, timeline: Timeline, chart: &LineChart) {
    let values = chart
        .lines
        .iter()
        .flat_map(|line| line.values.iter().flatten().copied());
    let scale = match chart.of {
        Measure::Amount | Measure::Count => Scale::linear(values),
        Measure::Latency => Scale::latency(values),
    };
    let frame = Frame {
        title: chart.title,
        unit: chart.unit,
        description: description(chart),
        scale,
        grid: chart.grid,
        legend: chart.lines.iter().enumerate().map(legend).collect(),
    };
    axis::frame(html, timeline, &frame, |html| {
        for (nth, line) in chart.lines.iter().enumerate() {
            let (class, d) = match chart.of {
                Measure::Amount | Measure::Latency => (
                    class(nth),
                    path(timeline, &chart.grid, &scale, &line.values),
                ),
                Measure::Count => (
                    "stem".into(),
                    stems(timeline, &chart.grid, &scale, &line.values),
                ),
            };
            html.leaf("path", &[("class", &class), ("d", &d)], "");
        }
    });
}

fn class(nth: usize) -> String {
    format!("line line-{}", nth % LINES_MAX)
}

fn legend((nth, line): (usize, &Line)) -> Legend {
    let value = |value: &Option<f64>| value.map_or("-".into(), short);
    let values: Vec<String> = line.values.iter().map(value).collect();
    Legend {
        label: line.label.clone(),
        class: class(nth),
        values: values.join(" "),
    }
}

/// Three digits: the read-out is for people, and the page is to stay small.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn path(timeline: Timeline, grid: &Grid, scale: &Scale, values: &[Option<f64>]) -> String {
    let mut d = String::new();
    let mut pen = Pen::Up;
    for (step, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen = Pen::Up;
            continue;
        };
        let x = axis::x(timeline.window, middle_ms(grid, step));
        let y = scale.y(*value);
        match pen {
            // A value between two gaps is a dot: a line of no length, with round ends.
            Pen::Up => d += &format!("M{x:.1} {y:.1}h0"),
            Pen::Down => d += &format!("L{x:.1} {y:.1}"),
        }
        pen = Pen::Down;
    }
    d
}

fn stems(timeline: Timeline, grid: &Grid, scale: &Scale, values: &[Option<f64>]) -> String {
    let mut d = String::new();
    for (step, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|value| *value > 0.0) {
            let x = axis::x(timeline.window, middle_ms(grid, step));
            d += &format!("M{x:.1} {HEIGHT}V{:.1}", scale.y(value));
        }
    }
    d
}

fn middle_ms(grid: &Grid, step: usize) -> f64 {
    grid.started_ms(step) as f64 + grid.step_ms as f64 / 2.0
}

enum Pen {
    Up,
    Down,
}

fn description(chart: &LineChart) -> String {
    let number = |value: f64| match chart.of {
        Measure::Amount | Measure::Count => format!("{} {}", Value(value), chart.unit),
        Measure::Latency => Ms(value).to_string(),
    };
    let lines: Vec<String> = chart
        .lines
        .iter()
        .map(|line| {
            let known = || line.values.iter().flatten().copied();
            let count = known().count();
            if count == 0 {
                return format!("{}: no value.", line.label);
            }
            let (least, most) = (
                known().fold(f64::MAX, f64::min),
                known().fold(f64::MIN, f64::max),
            );
            let mean = known().sum::<f64>() / count as f64;
            let values = [least, most, mean].map(number);
            format!(
                "{}: from {} to {}, {} in the mean.",
                line.label, values[0], values[1], values[2]
            )
        })
        .collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::window::Window;

    const WINDOW: Window = Window {
        from_ms: 0,
        to_ms: 4_000,
    };

    fn chart(values: &[Option<f64>]) -> String {
        let line = Line {
            label: "placed".into(),
            values: values.into(),
        };
        let chart = LineChart {
            title: "Orders",
            unit: "orders/s",
            grid: WINDOW.grid(10),
            lines: vec![line],
            of: Measure::Amount,
        };
        let mut html = Html::default();
        draw(
            &mut html,
            Timeline {
                window: &WINDOW,
                faults: &[],
            },
            &chart,
        );
        html.into_string()
    }

    #[test]
    fn a_step_without_a_value_is_a_gap() {
        let drawn = chart(&[Some(0.0), Some(10.0), None, Some(5.0)]);
        assert!(
            drawn.contains("d=\"M125.0 100.0h0L375.0 0.0M875.0 50.0h0\""),
            "{drawn}"
        );
        assert!(drawn.contains("data-values=\"0 10 - 5\""), "{drawn}");
    }

    /// The first is solid. A line ends round, so that a gap is as much shorter as the line is wide.
    #[test]
    fn each_line_has_a_dash_of_its_own_whose_gaps_can_be_seen() {
        let style = include_str!("../style.css");
        let mut dashes: Vec<&str> = Vec::new();
        for nth in 1..LINES_MAX {
            let (_, rule) = style.split_once(&format!(".line-{nth}{{")).expect("a rule");
            let (rule, _) = rule.split_once('}').expect("an end");
            let (_, dash) = rule.split_once("stroke-dasharray:").expect("a dash");
            let dash = dash.split(';').next().unwrap_or(dash);
            let gaps = dash.split(' ').skip(1).step_by(2);
            for gap in gaps.map(|gap| gap.parse::<f64>().expect("a number")) {
                assert!(gap >= 2.8, "line {nth}: {dash}");
            }
            assert!(!dashes.contains(&dash), "line {nth}: {dash}");
            dashes.push(dash);
        }
    }

    #[test]
    fn a_chart_says_its_numbers_in_words() {
        let drawn = chart(&[Some(0.0), Some(10.0), None, Some(5.0)]);
        let words = "placed: from 0 orders/s to 10 orders/s, 5 orders/s in the mean.";
        assert!(drawn.contains(words), "{drawn}");
    }

    #[test]
    fn what_happened_now_and_then_has_a_stem_for_each_time() {
        let grid = WINDOW.grid(10);
        let timeline = Timeline {
            window: &WINDOW,
            faults: &[],
        };
        let scale = Scale::linear([2.0].into_iter());
        let drawn = stems(
            timeline,
            &grid,
            &scale,
            &[Some(0.0), Some(1.0), None, Some(2.0)],
        );
        assert_eq!(drawn, "M375.0 100V50.0M875.0 100V0.0");
    }

    #[test]
    fn read_outs_are_short() {
        assert_eq!(
            [0.0, 0.126, 19.44, 1_234.5].map(short),
            ["0", "0.13", "19.4", "1234"]
        );
    }
}
