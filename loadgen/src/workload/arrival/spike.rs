//! One rate, and for a moment another.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strict_yaml::Span;

use super::spacing::evenly;
use super::{Arrivals, Rate, Shape};
use crate::dice::Dice;

/// A rate that jumps, and falls back
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// Before and after it
    pub rate: Rate,
    /// While it lasts
    pub to: Rate,
    /// From the start of the stage
    pub after: Span,
    pub length: Span,
}

impl Spike {
    /// Rate, start and length of what is before it, of itself, and of what is after it.
    fn parts(&self, length: Duration) -> [(Rate, Duration, Duration); 3] {
        let over = self.after.0 + self.length.0;
        [
            (self.rate, Duration::ZERO, self.after.0),
            (self.to, self.after.0, self.length.0),
            (self.rate, over, length.saturating_sub(over)),
        ]
    }
}

impl Shape for Spike {
    fn arrivals(&self, _: Dice, length: Duration) -> Arrivals {
        let parts = self.parts(length).into_iter();
        let at = parts.flat_map(|(rate, start, part)| evenly(rate, part).map(move |at| start + at));
        Arrivals::Open(Box::new(at))
    }

    fn expected(&self, length: Duration) -> Option<f64> {
        let parts = self.parts(length).into_iter();
        Some(parts.map(|(rate, _, part)| rate.over(part)).sum())
    }

    fn breach(&self, length: Duration) -> Option<(String, String)> {
        let over = self.after.0 + self.length.0;
        (over > length).then(|| {
            let why = format!("ends after {}, and the stage before", Span(over));
            ("spike.length".into(), why)
        })
    }
}
