//! One rate after another, each for an equal part of the stage.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spacing::evenly;
use super::{Arrivals, Rate, Shape};
use crate::dice::Dice;

/// Several rates, each for an equal part of the stage
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// At most a hundred: a step of less than a percent is a ramp
    #[schemars(length(min = 1, max = 100))]
    pub rates: Vec<Rate>,
}

impl Steps {
    fn step(&self, length: Duration) -> Duration {
        length.div_f64(self.rates.len().max(1) as f64)
    }
}

impl Shape for Steps {
    fn arrivals(&self, _: Dice, length: Duration) -> Arrivals {
        let step = self.step(length);
        let steps = self.rates.clone().into_iter().zip(0_u32..);
        let at =
            steps.flat_map(move |(rate, nth)| evenly(rate, step).map(move |at| step * nth + at));
        Arrivals::Open(Box::new(at))
    }

    fn expected(&self, length: Duration) -> Option<f64> {
        let step = self.step(length);
        Some(self.rates.iter().map(|rate| rate.over(step)).sum())
    }
}
