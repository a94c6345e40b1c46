//! Orders a second.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Above this one process on one machine measures itself.
pub const RATE_MAX: f64 = 20_000.0;

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Rate(pub f64);

impl Rate {
    /// Orders in that length, on average.
    pub fn over(self, length: Duration) -> f64 {
        self.0 * length.as_secs_f64()
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number",
            "description": "Orders a second",
            "minimum": 0,
            "maximum": RATE_MAX,
        })
    }
}
