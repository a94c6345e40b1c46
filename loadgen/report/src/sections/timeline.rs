//! Everything over one time axis, the faults shaded on all of it.

mod series;

use checkers::history::Status;
use checkers::state::Part;

use super::Section;
use crate::chart::axis::Timeline;
use crate::chart::heat_map::{self, HeatMap};
use crate::chart::lines::{self, Line, LineChart, Measure};
use crate::findings::orders::{Answer, Order};
use crate::findings::window::Grid;
use crate::findings::{Findings, budget, rates};
use crate::markup::Html;

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

fn body(html: &mut Html, findings: &Findings) {
    let timeline = Timeline {
        window: &findings.window,
        faults: findings.faults(),
    };
    super::pace(html, findings);
    if let Part::Missing(why) = &findings.faults {
        super::no_data(html, "faults", why);
    }
    super::timeline(html, timeline, |html| {
        if findings.orders.is_empty() {
            super::no_data(html, "orders", "the history has none after the warm-up");
        } else {
            of_orders(html, timeline, &findings.orders);
        }
        of_faults(html, timeline);
        series::draw(html, timeline, &findings.files.series);
    });
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
    let title = "Error budget of orders: one in a hundred may take more than 10 s";
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
        of: Measure::Count,
    };
    lines::draw(html, timeline, &chart);
}
