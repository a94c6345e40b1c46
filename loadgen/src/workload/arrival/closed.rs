//! Customers who order again when their last order has ended.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strict_yaml::Span;

use super::{Arrivals, Shape};
use crate::dice::Dice;

/// A closed loop: so many customers, each with one order under way. A slow system is asked less, so that latencies look
/// better than customers would find them
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Closed {
    /// As many as orders may be under way
    #[schemars(range(min = 1, max = 20_000))]
    pub customers: u32,
    /// Between the end of an order and the next one
    pub think_time: Span,
}

impl Shape for Closed {
    fn arrivals(&self, _: Dice, _: Duration) -> Arrivals {
        Arrivals::Closed(self.clone())
    }

    fn expected(&self, _: Duration) -> Option<f64> {
        None
    }
}
