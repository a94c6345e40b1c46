//! As independent customers arrive.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spacing::independently;
use super::{Arrival, Arrivals, Rate, Shape};
use crate::dice::Dice;

/// Independent customers: gaps that vary, at one rate
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Poisson {
    pub rate: Rate,
}

impl Shape for Poisson {
    fn arrivals(&self, dice: Dice, length: Duration) -> Arrivals {
        Arrivals::Open(Box::new(independently(self.rate, dice, length)))
    }

    fn expected(&self, length: Duration) -> Option<f64> {
        Some(self.rate.over(length))
    }

    fn at_rate(&self, rate: Rate) -> Option<Arrival> {
        Some(Arrival::Poisson(Self { rate }))
    }
}
