//! From one rate to another, steadily.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Arrivals, Rate, Shape};
use crate::dice::Dice;

/// A rate that changes steadily over the stage
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    pub from: Rate,
    pub to: Rate,
}

impl Shape for Ramp {
    fn arrivals(&self, _: Dice, length: Duration) -> Arrivals {
        let (from, length_s) = (self.from.0, length.as_secs_f64());
        let growth = (self.to.0 - from) / length_s;
        // The n-th comes when from·t + growth·t²/2 has reached n; this form of the root has no difference in it that
        // would lose its digits.
        let at = (0_u64..).map(move |nth| match nth as f64 {
            0.0 => 0.0,
            n => 2.0 * n / (from + (from * from + 2.0 * growth * n).sqrt()),
        });
        // A ramp down never reaches some n: no number, and the end.
        let within = at.take_while(move |at_s| *at_s < length_s);
        Arrivals::Open(Box::new(within.map(Duration::from_secs_f64)))
    }

    fn expected(&self, length: Duration) -> Option<f64> {
        Some((self.from.over(length) + self.to.over(length)) / 2.0)
    }
}
