//! The most there was at once: orders under way, messages in queues, rows in outboxes, age and lag.

use super::{Better, Decision, Figure, Pair, Values};
use crate::comparison::noise::means::{self, Means};
use crate::comparison::noise::slices::Slices;
use crate::comparison::series::{self, MEASURED};
use crate::comparison::unit::Unit;
use crate::findings::Findings;
use crate::findings::rates::in_flight;
use crate::findings::recovery::{LOOK_EVERY_MS, SECONDS_MAX};
use crate::findings::window::Grid;

const GROUP: &str = "Peaks, the whole load";

const MEAN_PEAK: &str = "peak of a slice";

/// (unix ms, value)
type Samples = Vec<(u64, f64)>;

pub fn of(pair: &Pair) -> Vec<Figure> {
    let windows = pair.periods.whole.windows;
    let under_way = [0, 1].map(|side| {
        let window = windows[side].ok_or("no load")?;
        if pair.runs[side].orders.is_empty() {
            return Err("no orders".into());
        }
        let grid = Grid {
            from_ms: window.from_ms,
            step_ms: LOOK_EVERY_MS,
            steps: window.length_ms().div_ceil(LOOK_EVERY_MS).min(SECONDS_MAX) as usize,
        };
        let counts = in_flight(&grid, &pair.runs[side].orders).into_iter();
        Ok(counts
            .enumerate()
            .map(|(step, count)| (grid.started_ms(step), count))
            .collect())
    });
    let orders = Unit::Amount("orders");
    let mut all: Vec<Figure> = figures(pair, "orders under way", orders, under_way).into();
    for measured in MEASURED {
        let samples = [0, 1].map(|side| {
            let run: &Findings = &pair.runs[side];
            let window = windows[side].ok_or("no load")?;
            let within = |(at_ms, _): &(u64, f64)| (window.from_ms..window.to_ms).contains(at_ms);
            let samples = series::highest(run, measured.name)?;
            Ok(samples.into_iter().filter(within).collect())
        });
        all.extend(figures(pair, measured.peak, measured.unit, samples));
    }
    all
}

/// The highest of all is a single moment; the highest of each slice, in the mean, can be held against its noise.
fn figures(
    pair: &Pair,
    name: &str,
    unit: Unit,
    sides: [Result<Samples, String>; 2],
) -> [Figure; 2] {
    let figure = |what: &str, of, decision| Figure {
        group: GROUP.into(),
        name: format!("{name}, {what}"),
        values: Values::Numbers { of, unit },
        decision,
    };
    let peak = |samples: &Result<Samples, String>| {
        let values = samples.as_ref().ok()?.iter().map(|(_, value)| *value);
        values.reduce(f64::max)
    };
    let (peak_of, mut means) = (sides.each_ref().map(peak), [None, None]);
    let noise = match (&pair.periods.whole.slices, sides) {
        (_, [Err(why), _]) => Err(format!("A: {why}")),
        (_, [_, Err(why)]) => Err(format!("B: {why}")),
        (Err(why), _) => Err(why.clone()),
        (Ok(slices), [Ok(a), Ok(b)]) => {
            let (a, b) = (peaks(slices, 0, &a), peaks(slices, 1, &b));
            means = [a.whole(), b.whole()];
            means::noise(slices, [&a, &b])
        }
    };
    let single = match &noise {
        Ok(_) => "it is a single moment; the next line is of many".to_owned(),
        Err(why) => why.clone(),
    };
    [
        figure("peak", peak_of, Decision::CannotBeTold(single)),
        figure(MEAN_PEAK, means, Decision::by(noise, Better::Less)),
    ]
}

/// The highest of each slice.
fn peaks(slices: &Slices, side: usize, samples: &[(u64, f64)]) -> Means {
    let mut peaks: Vec<Option<f64>> = vec![None; slices.counts[side]];
    for (at_ms, value) in samples {
        if let Some(slice) = slices.at(side, at_ms * 1_000) {
            peaks[slice] = Some(peaks[slice].map_or(*value, |most| most.max(*value)));
        }
    }
    Means::of_values(peaks)
}
