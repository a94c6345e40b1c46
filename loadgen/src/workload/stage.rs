//! A length of time, and how orders arrive in it.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strict_yaml::Span;

use super::arrival::{Arrival, Poisson, Rate};

/// `{duration: 30s, constant: {rate: 20}}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    pub duration: Span,
    #[serde(flatten)]
    pub arrival: Arrival,
}

impl Stage {
    pub fn poisson(rate: f64, duration: Duration) -> Self {
        Self {
            duration: Span(duration),
            arrival: Arrival::Poisson(Poisson { rate: Rate(rate) }),
        }
    }

    /// Orders that arrive in it, on average; `None` where that is not known before.
    pub fn expected(&self) -> Option<f64> {
        self.arrival.shape().expected(self.duration.0)
    }

    /// Why no load would come of it; with the member that says so, if it is one.
    pub fn breach(&self) -> Option<(String, String)> {
        if self.duration.0.is_zero() {
            return Some(("duration".into(), "must be longer than 0".into()));
        }
        if self.expected() == Some(0.0) {
            return Some((self.arrival.key().into(), "no order ever arrives".into()));
        }
        self.arrival.shape().breach(self.duration.0)
    }
}

/// Each shape under its key, with the duration beside it: what an error can point at.
impl JsonSchema for Stage {
    fn schema_name() -> Cow<'static, str> {
        "Stage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = Value::from(generator.subschema_for::<Span>());
        let mut schema = Arrival::json_schema(generator);
        let shapes = schema.get_mut("oneOf").and_then(Value::as_array_mut);
        for shape in shapes.into_iter().flatten() {
            shape["properties"]["duration"] = duration.clone();
            if let Some(required) = shape["required"].as_array_mut() {
                required.push(json!("duration"));
            }
        }
        schema
    }
}
