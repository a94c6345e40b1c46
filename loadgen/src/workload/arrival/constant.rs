//! Evenly spaced.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spacing::evenly;
use super::{Arrival, Arrivals, Rate, Shape};
use crate::dice::Dice;

/// The same gap between any two orders
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    pub rate: Rate,
}

impl Shape for Constant {
    fn arrivals(&self, _: Dice, length: Duration) -> Arrivals {
        Arrivals::Open(Box::new(evenly(self.rate, length)))
    }

    fn expected(&self, length: Duration) -> Option<f64> {
        Some(self.rate.over(length))
    }

    fn at_rate(&self, rate: Rate) -> Option<Arrival> {
        Some(Arrival::Constant(Self { rate }))
    }
}
