//! Both runs over each other, each from the beginning of its load.

use std::collections::BTreeMap;

use checkers::state::Part;

use crate::chart::axis::Timeline;
use crate::chart::lines::{self, Line, LineChart, Measure};
use crate::comparison::latency;
use crate::comparison::series::{self, MEASURED};
use crate::comparison::{Comparison, NAMES};
use crate::findings::faults::Fault;
use crate::findings::orders::Order;
use crate::findings::window::{Grid, Window};
use crate::findings::{Findings, budget, rates};
use crate::markup::Html;
use crate::sections::{self, Section};
use crate::words::listed;

pub const SECTION: Section<Comparison> = Section {
    id: "charts",
    title: "Over each other",
    about: "Both begin with the baseline of their run. A is solid: its lines, and the edges of its faults. B is dashed. Move over a chart, or the slider, to read the values of a moment.",
    body,
};

/// A column of the page has some three pixels for each.
const STEPS_MAX: usize = 300;

fn body(html: &mut Html, comparison: &Comparison) {
    let window = comparison.window();
    let mut faults: Vec<Fault> = comparison.runs.iter().flat_map(from_zero).collect();
    faults.sort_by_key(|fault| (fault.began_ms, fault.run));
    let timeline = Timeline {
        window: &window,
        faults: &faults,
    };
    for (run, name) in comparison.runs.iter().zip(NAMES) {
        if let Part::Missing(why) = &run.faults {
            sections::no_data(html, format_args!("faults of {name}"), why);
        }
    }
    sections::timeline(html, timeline, |html| {
        let draw = |html: &mut Html, chart: &LineChart| lines::draw(html, timeline, chart);
        let charts = Charts {
            runs: &comparison.runs,
            grid: window.grid(STEPS_MAX),
        };
        charts.of_orders(html, &draw);
        charts.of_series(html, window, &draw);
    });
}

type Draw<'a> = &'a dyn Fn(&mut Html, &LineChart);

struct Charts<'a> {
    runs: &'a [Findings; 2],
    grid: Grid,
}

impl Charts<'_> {
    fn of_orders(&self, html: &mut Html, draw: Draw) {
        let ended = |order: &Order| order.end.as_ref().map(|end| end.at_us);
        let amounts = |title, unit, values: &dyn Fn(&Findings, &Grid) -> Vec<f64>| {
            self.chart(self.grid, title, unit, Measure::Amount, &|run, grid| {
                // What was not sent is no zero.
                let known = |value| (!run.orders.is_empty()).then_some(value);
                values(run, grid).into_iter().map(known).collect()
            })
        };
        draw(
            html,
            &amounts("Orders that ended", "orders/s", &|run, grid| {
                rates::a_second(grid, run.orders.iter().filter_map(ended))
            }),
        );
        for latency in latency::all(self.runs) {
            for (percentile, share) in [("p50", 0.5), ("p99", 0.99)] {
                let title = format!("Time {}, {percentile}", latency.name());
                let unit = "ms, from the intended start";
                let chart = self.chart(self.grid, &title, unit, Measure::Latency, &|run, grid| {
                    rates::percentile(grid, &run.orders, |order| latency.ms(order), share)
                });
                draw(html, &chart);
            }
        }
        draw(
            html,
            &amounts("Orders under way", "orders", &|run, grid| {
                rates::in_flight(grid, &run.orders)
            }),
        );
        draw(
            html,
            &amounts("Failed and unknown", "answers", &|run, grid| {
                rates::troubles(grid, &run.orders)
            }),
        );
        draw(
            html,
            &amounts("Error budget", "% left", &|run, grid| {
                budget::left_percent(grid, &run.orders)
            }),
        );
    }

    fn of_series(&self, html: &mut Html, window: Window, draw: Draw) {
        // Those that are missing for the same reason are one sentence.
        let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for measured in MEASURED {
            let samples = self
                .runs
                .each_ref()
                .map(|run| series::highest(run, measured.name));
            for (name, why) in NAMES.iter().zip(&samples) {
                if let Err(why) = why {
                    let of = format!("{} of {name}", measured.peak);
                    missing.entry(why.clone()).or_default().push(of);
                }
            }
            if samples.iter().any(Result::is_err) {
                continue;
            }
            let grid = series::grid_of_both(self.runs, window, STEPS_MAX);
            let unit = measured.unit.label();
            draw(
                html,
                &self.chart(grid, measured.title, unit, Measure::Amount, &|run, grid| {
                    series::on_grid(run, measured.name, grid)
                }),
            );
        }
        for (why, titles) in missing {
            sections::no_data(html, listed(&titles), why);
        }
    }

    /// A line of each run over the same steps; where a run is over, its line is.
    fn chart<'t>(
        &self,
        grid: Grid,
        title: &'t str,
        unit: &'t str,
        of: Measure,
        values: &dyn Fn(&Findings, &Grid) -> Vec<Option<f64>>,
    ) -> LineChart<'t> {
        let line = |(run, name): (&Findings, &str)| {
            let own = Grid {
                from_ms: run.window.from_ms,
                ..grid
            };
            let is_on = |step: usize| own.started_ms(step) < run.window.to_ms;
            let values = values(run, &own).into_iter().enumerate();
            Line {
                label: name.into(),
                values: values
                    .map(|(step, value)| value.filter(|_| is_on(step)))
                    .collect(),
            }
        };
        LineChart {
            title,
            unit,
            grid,
            lines: self.runs.iter().zip(NAMES).map(line).collect(),
            of,
        }
    }
}

/// The faults of a run from the beginning of its load.
fn from_zero(run: &Findings) -> Vec<Fault> {
    let since = |at_ms: u64| at_ms.saturating_sub(run.window.from_ms);
    let fault = |fault: &Fault| Fault {
        began_ms: since(fault.began_ms),
        ended_ms: since(fault.ended_ms),
        ..fault.clone()
    };
    run.faults().iter().map(fault).collect()
}
