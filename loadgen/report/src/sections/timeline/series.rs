//! What was measured beside the orders: queues, outboxes, lags.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use checkers::state::Part;

use super::STEPS_MAX;
use crate::chart::axis::Timeline;
use crate::chart::lines::{self, LINES_MAX, Line, LineChart, Measure};
use crate::files::series::{SampledLine, Series, SeriesFile};
use crate::findings::window::{Grid, Window};
use crate::markup::Html;
use crate::sections::no_data;
use crate::words::listed;

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

pub fn draw(html: &mut Html, timeline: Timeline, file: &Part<SeriesFile>) {
    let file = match file {
        Part::Read(file) => file,
        Part::Missing(why) => {
            let titles = MEASURED.map(|(_, title)| title.to_lowercase());
            return no_data(html, listed(&titles), why);
        }
    };
    // Those that are missing for the same reason are one sentence.
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, title) in MEASURED {
        match file
            .lines(name)
            .and_then(|(series, lines)| chart(timeline, file, title, series, lines))
        {
            Ok(chart) => lines::draw(html, timeline, &chart),
            Err(why) => missing.entry(why).or_default().push(title.to_lowercase()),
        }
    }
    for (why, titles) in missing {
        no_data(html, listed(&titles), why);
    }
}

fn chart<'a>(
    timeline: Timeline,
    file: &SeriesFile,
    title: &'a str,
    series: &'a Series,
    lines: &[SampledLine],
) -> Result<LineChart<'a>, String> {
    let grid = grid_of_samples(timeline.window, file.step_ms);
    let lines = highest(lines.iter().map(|line| on_grid(&grid, line)).collect());
    if lines
        .iter()
        .all(|line| line.values.iter().all(Option::is_none))
    {
        return Err("no sample lies in the time of the load".into());
    }
    Ok(LineChart {
        title,
        unit: &series.unit,
        grid,
        lines,
        of: Measure::Amount,
    })
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
