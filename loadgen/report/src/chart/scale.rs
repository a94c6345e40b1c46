//! From values to heights: in equal steps, or over powers of ten.

use super::axis::HEIGHT;
use crate::words::{Ms, Value};

/// Nearer than this, two labels would lie on each other.
const LABEL_HEIGHT: f64 = 14.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    Linear {
        min: f64,
        max: f64,
    },
    /// Milliseconds, in powers of ten.
    Latency {
        min: f64,
        max: f64,
    },
}

impl Scale {
    /// From zero, or from below when there is something below.
    pub fn linear(values: impl Iterator<Item = f64> + Clone) -> Self {
        let max = values.clone().fold(0.0, f64::max);
        let min = values.fold(0.0, f64::min);
        let below = if min < 0.0 { -round_up(-min) } else { 0.0 };
        Scale::Linear {
            min: below,
            max: round_up(max),
        }
    }

    pub fn latency(values: impl Iterator<Item = f64> + Clone) -> Self {
        let max = values.clone().fold(1.0, f64::max);
        let min = values.fold(max, f64::min).max(0.1);
        let power = |exponent: f64| 10_f64.powf(exponent);
        let floor = power(min.log10().floor());
        Scale::Latency {
            min: floor,
            max: power(max.log10().ceil()).max(floor * 10.0),
        }
    }

    /// In the plot's coordinates, which count from the top.
    pub fn y(&self, value: f64) -> f64 {
        let share = match *self {
            Scale::Linear { min, max } => (value - min) / (max - min),
            Scale::Latency { min, max } => (value.max(min) / min).log10() / (max / min).log10(),
        };
        HEIGHT * (1.0 - share.clamp(0.0, 1.0))
    }

    /// Values with their labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        match *self {
            Scale::Linear { min, max } => {
                let middle = if min < 0.0 { 0.0 } else { max / 2.0 };
                let apart = |value: &f64| {
                    let is_near = |end| (self.y(*value) - self.y(end)).abs() < LABEL_HEIGHT;
                    *value != middle || !(is_near(min) || is_near(max))
                };
                [min, middle, max]
                    .into_iter()
                    .filter(apart)
                    .map(|value| (value, Value(value).to_string()))
                    .collect()
            }
            Scale::Latency { min, max } => {
                let decades = (max / min).log10().round() as i32;
                let tick = |decade| min * 10_f64.powi(decade);
                (0..=decades)
                    .map(|decade| (tick(decade), power_label(tick(decade))))
                    .collect()
            }
        }
    }
}

fn power_label(ms: f64) -> String {
    match ms {
        ms if ms >= 1_000.0 => format!("{} s", Value((ms / 1_000.0).round())),
        ms if ms >= 0.95 => format!("{} ms", Value(ms.round())),
        ms => Ms(ms).to_string(),
    }
}

/// The next number that people like to see at the end of an axis.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let fits = |step: &&f64| **step * power >= value - power * 1e-9;
    steps.iter().find(fits).unwrap_or(&10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_at_or_above_the_highest_value() {
        let ends = [0.0, 0.03, 1.0, 7.3, 20.0, 21.0, 999.0].map(round_up);
        assert_eq!(
            ends.map(|end| (end * 1e6).round() / 1e6),
            [1.0, 0.03, 1.0, 8.0, 20.0, 24.0, 1_000.0]
        );
    }

    #[test]
    fn a_value_lies_between_the_ends_of_its_scale() {
        let scale = Scale::linear([0.0, 18.0].into_iter());
        assert_eq!(
            [0.0, 10.0, 20.0, 50.0].map(|value| scale.y(value)),
            [100.0, 50.0, 0.0, 0.0]
        );
        let scale = Scale::latency([12.0, 900.0].into_iter());
        assert_eq!(
            scale,
            Scale::Latency {
                min: 10.0,
                max: 1_000.0
            }
        );
        assert_eq!(
            [1.0, 10.0, 100.0, 1_000.0].map(|ms| scale.y(ms).round()),
            [100.0, 100.0, 50.0, 0.0]
        );
        let overspent = Scale::linear([100.0, -250.0].into_iter());
        assert_eq!(
            overspent,
            Scale::Linear {
                min: -300.0,
                max: 100.0
            }
        );
    }

    #[test]
    fn labels_do_not_lie_on_each_other() {
        let values = |scale: Scale| -> Vec<f64> {
            scale.ticks().into_iter().map(|(value, _)| value).collect()
        };
        let linear = |min, max| Scale::Linear { min, max };
        assert_eq!(values(linear(0.0, 8.0)), [0.0, 4.0, 8.0]);
        assert_eq!(values(linear(-100.0, 100.0)), [-100.0, 0.0, 100.0]);
        assert_eq!(values(linear(-4_000.0, 100.0)), [-4_000.0, 100.0]);
    }
}
