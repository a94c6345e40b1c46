//! What was measured beside the orders, of each series the highest line: which queue it was differs from run to run.

use std::collections::BTreeMap;

use checkers::state::Part;

use super::unit::Unit;
use crate::findings::Findings;
use crate::findings::window::{Grid, Window};

/// A series of `series.json` that is compared.
pub struct Measured {
    pub name: &'static str,
    pub title: &'static str,
    /// Of a figure.
    pub peak: &'static str,
    pub unit: Unit,
}

pub const MEASURED: [Measured; 4] = [
    Measured {
        name: "queue_depth",
        title: "Deepest queue",
        peak: "deepest queue",
        unit: Unit::Amount("messages"),
    },
    Measured {
        name: "outbox_rows",
        title: "Fullest outbox",
        peak: "fullest outbox",
        unit: Unit::Amount("rows"),
    },
    Measured {
        name: "outbox_oldest_age",
        title: "Age of the oldest outbox row",
        peak: "age of the oldest outbox row",
        unit: Unit::Age,
    },
    Measured {
        name: "projection_lag",
        title: "Lag of the read side",
        peak: "lag of the read side",
        unit: Unit::Age,
    },
];

/// The highest line at each moment, (unix ms, value), or why there is none.
pub fn highest(run: &Findings, name: &str) -> Result<Vec<(u64, f64)>, String> {
    let file = match &run.files.series {
        Part::Read(file) => file,
        Part::Missing(why) => return Err(why.clone()),
    };
    let (_, lines) = file.lines(name)?;
    let mut highest: BTreeMap<u64, f64> = BTreeMap::new();
    for (at_ms, value) in lines.iter().flat_map(|line| &line.samples) {
        let most = highest.entry(*at_ms).or_insert(*value);
        *most = most.max(*value);
    }
    match highest.is_empty() {
        true => Err("it has no sample".into()),
        false => Ok(highest.into_iter().collect()),
    }
}

/// The highest sample of each step: a peak is what one looks for.
pub fn on_grid(run: &Findings, name: &str, grid: &Grid) -> Vec<Option<f64>> {
    let mut values = vec![None; grid.steps];
    for (at_ms, value) in highest(run, name).unwrap_or_default() {
        if let Some(step) = grid.step_at(at_ms) {
            values[step] = Some(values[step].map_or(value, |most: f64| most.max(value)));
        }
    }
    values
}

/// Not finer than the samples of either run are: between two of them would be a gap.
pub fn grid_of_both(runs: &[Findings; 2], window: Window, steps_max: usize) -> Grid {
    let step_ms = |run: &Findings| run.files.series.get().map_or(1, |file| file.step_ms);
    let coarsest_ms = runs.iter().map(step_ms).max().unwrap_or(1).max(1);
    let samples = usize::try_from(window.length_ms() / coarsest_ms);
    window.grid(samples.unwrap_or(steps_max).clamp(1, steps_max))
}
