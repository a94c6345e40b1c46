//! As independent customers arrive, for hours.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spacing::independently;
use super::{Arrival, Arrivals, Rate, Shape};
use crate::dice::Dice;

/// Independent customers for a long time: what grows, leaks or fills up shows
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Soak {
    pub rate: Rate,
}

impl Shape for Soak {
    fn arrivals(&self, dice: Dice, length: Duration) -> Arrivals {
        Arrivals::Open(Box::new(independently(self.rate, dice, length)))
    }

    fn expected(&self, length: Duration) -> Option<f64> {
        Some(self.rate.over(length))
    }

    fn at_rate(&self, rate: Rate) -> Option<Arrival> {
        Some(Arrival::Soak(Self { rate }))
    }
}
