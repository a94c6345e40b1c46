//! How many customers there are, and how many products.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// As many as a file has arrivals; with a session for each order, none of them tests another.
pub const SESSIONS_MAX: u32 = 1_000_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PopulationSize {
    /// One order names them all before the load, and an order has 64 lines at most
    #[schemars(range(min = 1, max = 64))]
    pub products: u32,
    /// The k-th product is asked for as often as 1/k to this power; 0: all the same
    #[schemars(range(min = 0, max = 4))]
    pub skew: f64,
    /// Each is given money before the load, by a request
    #[schemars(range(min = 1, max = 1_000))]
    pub customers: u32,
    /// Different products in an order, at most
    #[schemars(range(min = 1, max = 16))]
    pub basket: u32,
    /// Sessions the orders are spread over
    #[schemars(range(min = 1, max = SESSIONS_MAX))]
    pub sessions: u32,
}

impl Default for PopulationSize {
    /// Enough that many orders touch different rows, few enough that the popular ones are contended.
    fn default() -> Self {
        Self {
            products: 40,
            skew: 1.0,
            customers: 100,
            basket: 3,
            sessions: 64,
        }
    }
}
