//! Everything over one time axis, the faults shaded on all of it.

use std::cmp::Ordering;

use checkers::history::Status;
use checkers::state::Part;

use super::Section;
use crate::chart::axis::Timeline;
use crate::chart::bands;
use crate::chart::heat_map::{self, HeatMap};
use crate::chart::lines::{self, LINES_MAX, Line, LineChart, Measure};
use crate::files::series::SampledLine;
use crate::findings::orders::{Answer, Order};
use crate::findings::window::{Grid, Window};
use crate::findings::{Findings, budget, rates};
use crate::markup::Html;
use crate::words::listed;

pub const SECTION: Section = Section {
    id: "timeline",
    title: "Timeline",
    about: "From the baseline to the end of the drain. Each fault has a number and is shaded on every chart; move over a chart, or the slider, to read the values of a moment.",
    body,
};

/// A column of the page has some three pixels for each.
const STEPS_MAX: usize = 300;
/// Cells of a heat map need to be seen one by one.
const COLUMNS_MAX: usize = 120;

/// The series of `series.json` that are shown, in this order.
const MEASURED: [(&str, &str); 8] = [
    ("queue_depth", "Queue depths"),
    ("consumers", "Consumers"),
    ("outbox_rows", "Outbox rows"),
    ("outbox_oldest_age", "Age of the oldest outbox row"),
    ("projection_lag", "Lag of the read side"),
    ("instances_up", "Instances up"),
    ("restarts", "Restarts"),
    ("gateway_answers", "Answers of the gateway"),
];

fn body(html: &mut Html, findings: &Findings) {
    let timeline = Timeline {
        window: &findings.window,
        faults: findings.faults(),
    };
    let length_ms = findings.window.length_ms();
    html.tag(
        "div",
        &[("class", &"timeline"), ("data-length", &length_ms)],
        |html| {
            if let Part::Missing(why) = &findings.faults {
                super::no_data(html, "faults", why);
            }
            html.tag("div", &[("class", &"rail")], |html| {
                bands::lane(html, timeline);
                html.tag("label", &[("class", &"scrub")], |html| {
                    html.raw("<span>Moment</span>");
                    html.void(
                        "input",
                        &[
                            ("type", &"range"),
                            ("min", &0),
                            ("max", &length_ms),
                            ("step", &(length_ms / 200).max(1)),
                            ("value", &0),
                        ],
                    );
                    html.raw("<output></output>");
                });
            });
            if findings.orders.is_empty() {
                super::no_data(html, "orders", "the history has none after the warm-up");
            } else {
                of_orders(html, timeline, &findings.orders);
            }
            of_faults(html, timeline);
            of_series(html, timeline, findings);
        },
    );
}

fn of_orders(html: &mut Html, timeline: Timeline, orders: &[Order]) {
    let grid = timeline.window.grid(STEPS_MAX);
    let amounts = |title, unit, lines| LineChart {
        title,
        unit,
        grid,
        lines,
        of: Measure::Amount,
    };
    lines::draw(
        html,
        timeline,
        &amounts("Orders a second", "orders/s", throughput(&grid, orders)),
    );
    let latency = |title, of: fn(&Order) -> Option<f64>| {
        let percentile = |(label, share)| Line {
            label: String::from(label),
            values: rates::percentile(&grid, orders, of, share),
        };
        let lines = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)]
            .map(percentile)
            .into();
        LineChart {
            title,
            unit: "ms, from the intended start",
            grid,
            lines,
            of: Measure::Latency,
        }
    };
    lines::draw(
        html,
        timeline,
        &latency("Time to the acknowledgement", Order::acknowledged_ms),
    );
    lines::draw(html, timeline, &latency("Time to the end", Order::ended_ms));
    let map = HeatMap {
        title: "Time to the end, order by order",
        unit: "from the intended start",
        grid: timeline.window.grid(COLUMNS_MAX),
        orders,
        latency_ms: Order::ended_ms,
    };
    heat_map::draw(html, timeline, &map);
    let under_way = Line::whole("under way", rates::in_flight(&grid, orders));
    lines::draw(
        html,
        timeline,
        &amounts("Orders under way", "orders", vec![under_way]),
    );
    let left = Line::whole("left", budget::left_percent(&grid, orders));
    let title = "Error budget: one order in a hundred may take more than 10 s";
    lines::draw(html, timeline, &amounts(title, "% left", vec![left]));
}

fn throughput(grid: &Grid, orders: &[Order]) -> Vec<Line> {
    let line = |label: &str, moments: &dyn Fn(&Order) -> Option<u64>| {
        Line::whole(
            label,
            rates::a_second(grid, orders.iter().filter_map(moments)),
        )
    };
    let confirmed = |order: &Order| {
        let end = order.end.as_ref()?;
        (end.outcome.status == Status::Confirmed).then_some(end.at_us)
    };
    let answered = |order: &Order, is: bool| is.then_some(order.answered_us);
    vec![
        line("placed", &|order| Some(order.sent_us)),
        line("acknowledged", &|order| {
            answered(order, order.answer == Answer::Acknowledged)
        }),
        line("confirmed", &confirmed),
        line("failed", &|order| {
            answered(order, matches!(order.answer, Answer::Failed(_)))
        }),
        line("unknown", &|order| {
            answered(order, matches!(order.answer, Answer::Unknown(_)))
        }),
    ]
}

/// From the journal's receipts: what was killed on purpose is known to the millisecond.
fn of_faults(html: &mut Html, timeline: Timeline) {
    let deaths = || timeline.faults.iter().flat_map(|fault| &fault.deaths_ms);
    if deaths().next().is_none() {
        return;
    }
    let grid = timeline.window.grid(STEPS_MAX);
    let mut ended = vec![0.0; grid.steps];
    for step in deaths().filter_map(|at_ms| grid.step_at(*at_ms)) {
        ended[step] += 1.0;
    }
    let chart = LineChart {
        title: "Processes that were ended",
        unit: "processes",
        grid,
        lines: vec![Line::whole("ended", ended)],
        of: Measure::Amount,
    };
    lines::draw(html, timeline, &chart);
}

fn of_series(html: &mut Html, timeline: Timeline, findings: &Findings) {
    let file = match &findings.files.series {
        Part::Read(file) => file,
        Part::Missing(why) => {
            let titles = MEASURED.map(|(_, title)| title.to_lowercase());
            return super::no_data(html, listed(&titles), why);
        }
    };
    for (name, title) in MEASURED {
        let (series, lines) = match file.lines(name) {
            Ok(found) => found,
            Err(why) => {
                super::no_data(html, title.to_lowercase(), why);
                continue;
            }
        };
        let grid = grid_of_samples(timeline.window, file.step_ms);
        let lines = highest(lines.iter().map(|line| on_grid(&grid, line)).collect());
        if lines
            .iter()
            .all(|line| line.values.iter().all(Option::is_none))
        {
            super::no_data(
                html,
                title.to_lowercase(),
                "no sample lies in the time of the load",
            );
            continue;
        }
        let chart = LineChart {
            title,
            unit: &series.unit,
            grid,
            lines,
            of: Measure::Amount,
        };
        lines::draw(html, timeline, &chart);
    }
}

/// Not finer than the samples are: between two of them would be a gap.
fn grid_of_samples(window: &Window, sampled_every_ms: u64) -> Grid {
    let samples = window.length_ms() / sampled_every_ms.max(1);
    window.grid(
        usize::try_from(samples)
            .unwrap_or(STEPS_MAX)
            .clamp(1, STEPS_MAX),
    )
}

/// The highest sample of each step: a peak is what one looks for.
fn on_grid(grid: &Grid, line: &SampledLine) -> Line {
    let mut values = vec![None; grid.steps];
    for (at_ms, value) in &line.samples {
        if let Some(step) = grid.step_at(*at_ms) {
            values[step] = Some(values[step].map_or(*value, |highest: f64| highest.max(*value)));
        }
    }
    Line {
        label: line.label.clone(),
        values,
    }
}

/// As many as can be told apart, the highest first; the others are one line, their sum.
fn highest(mut lines: Vec<Line>) -> Vec<Line> {
    let peak = |line: &Line| line.values.iter().flatten().copied().fold(0.0, f64::max);
    lines.sort_by(|left, right| match peak(right).total_cmp(&peak(left)) {
        Ordering::Equal => left.label.cmp(&right.label),
        unequal => unequal,
    });
    if lines.len() <= LINES_MAX {
        return lines;
    }
    let others = lines.split_off(LINES_MAX - 1);
    let steps = others
        .iter()
        .map(|line| line.values.len())
        .max()
        .unwrap_or(0);
    let sum = |step: usize| {
        let values = others.iter().filter_map(|line| line.values[step]);
        values.reduce(|sum, value| sum + value)
    };
    lines.push(Line {
        label: format!("{} others together", others.len()),
        values: (0..steps).map(sum).collect(),
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_its_highest_sample_and_none_where_there_was_none() {
        let window = Window {
            from_ms: 0,
            to_ms: 6_000,
        };
        let line = SampledLine {
            label: "orders".into(),
            samples: vec![(500, 1.0), (1_500, 3.0), (1_900, 2.0), (9_000, 7.0)],
        };
        let grid = grid_of_samples(&window, 2_000);
        assert_eq!(on_grid(&grid, &line).values, [Some(3.0), None, None]);
    }

    #[test]
    fn lines_beyond_the_highest_are_summed() {
        let line = |nth: usize| Line::whole(format!("queue {nth}"), vec![nth as f64]);
        let shown = highest((0..8).map(line).collect());
        let labels: Vec<&str> = shown.iter().map(|line| line.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "queue 7",
                "queue 6",
                "queue 5",
                "queue 4",
                "queue 3",
                "3 others together"
            ]
        );
        assert_eq!(shown[5].values, [Some(3.0)]);
    }
}
