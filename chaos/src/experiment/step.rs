//! What a method is made of: faults and pauses, over time.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use strict_yaml::Span;

use super::probe::Probe;
use super::subject::{BlastRadius, Of};
use crate::fault::{self, Kind};

/// One of these, told apart by its key.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Step {
    Inject(Inject),
    Pause(Pause),
    Parallel(Parallel),
    Sequence(Sequence),
    Repeat(Repeated),
    Mix(Mixed),
    Probe(Probed),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Nothing is done for so long
    pub pause: Span,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parallel {
    /// All at once; over when the last one is
    pub parallel: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// One after the other
    pub sequence: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    pub repeat: Repeat,
}

/// The same again, each time with other victims.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    #[schemars(range(min = 1, max = 1_000))]
    pub times: u32,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mixed {
    pub mix: Mix,
}

/// One of several after another, as the seed draws them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// For so long; what has begun is ended
    pub duration: Span,
    /// Between two of them
    pub pause: Span,
    #[schemars(length(min = 1))]
    pub of: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probed {
    /// Asked once; a value that it does not tolerate is a deviation
    pub probe: Probe,
}

/// One fault, at somebody, for a while.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inject {
    pub fault: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub of: Of,
    pub blast_radius: BlastRadius,
    /// The fault's own parameters.
    pub with: Value,
    /// Of a fault that lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Span>,
}

/// Of a fault that lasts and says not how long.
pub const DURATION: Span = Span::seconds(10);

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Raw {
    fault: String,
    name: Option<String>,
    #[serde(default)]
    of: Of,
    #[serde(default)]
    blast_radius: BlastRadius,
    #[serde(default = "nothing")]
    with: Value,
    duration: Option<Span>,
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

impl<'de> Deserialize<'de> for Inject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        let kind = fault::named(&raw.fault)
            .ok_or_else(|| D::Error::custom(format!("there is no fault `{}`", raw.fault)))?;
        // Read here and thrown away, so that a parameter that is wrong shows before anything is broken.
        (kind.read)(&kind.name, raw.with.clone())
            .map_err(|error| D::Error::custom(format!("{}: {error}", raw.fault)))?;
        let is_at_somebody = raw.of != Of::default() || raw.blast_radius != BlastRadius::default();
        if is_at_somebody && !kind.is_aimed {
            let why =
                "its parameters name what it is for: it takes neither `of` nor `blast-radius`";
            return Err(D::Error::custom(format!("{}: {why}", raw.fault)));
        }
        let duration = match (kind.lasts, raw.duration) {
            (true, duration) => Some(duration.unwrap_or(DURATION)),
            (false, None) => None,
            (false, Some(_)) => {
                let text = format!("{} is over at once: it takes no duration", raw.fault);
                return Err(D::Error::custom(text));
            }
        };
        Ok(Self {
            fault: raw.fault,
            name: raw.name,
            of: raw.of,
            blast_radius: raw.blast_radius,
            with: raw.with,
            duration,
        })
    }
}

impl JsonSchema for Inject {
    fn schema_name() -> Cow<'static, str> {
        "Inject".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds: Vec<Schema> = fault::all()
            .iter()
            .map(|kind| of_kind(kind, generator))
            .collect();
        json_schema!({ "oneOf": kinds })
    }
}

fn of_kind(kind: &Kind, generator: &mut SchemaGenerator) -> Schema {
    let of = generator.subschema_for::<Of>();
    let blast_radius = generator.subschema_for::<BlastRadius>();
    let span = generator.subschema_for::<Span>();
    let with = (kind.schema)(generator);
    let mut schema = json_schema!({
        "type": "object",
        "description": kind.meaning,
        "properties": {
            "fault": { "const": kind.name },
            "name": { "type": "string" },
            "with": with,
        },
        "required": ["fault"],
        "additionalProperties": false,
    });
    if needs_parameters(kind)
        && let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut)
    {
        required.push("with".into());
    }
    let properties = schema
        .as_object_mut()
        .and_then(|schema| schema.get_mut("properties"))
        .and_then(Value::as_object_mut);
    if let Some(properties) = properties {
        if kind.is_aimed {
            properties.insert("of".into(), of.into());
            properties.insert("blast-radius".into(), blast_radius.into());
        }
        if kind.lasts {
            properties.insert("duration".into(), span.into());
        }
    }
    schema
}

/// Whether it says nothing without parameters.
fn needs_parameters(kind: &Kind) -> bool {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let with: Value = (kind.schema)(&mut settings.into_generator()).into();
    with["required"]
        .as_array()
        .is_some_and(|all| !all.is_empty())
}

impl<'de> Deserialize<'de> for Step {
    /// By its key, so that an error is of the step that is meant and not of all that it is not.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn read<T: serde::de::DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
            serde_json::from_value(value).map_err(E::custom)
        }
        let value = Value::deserialize(deserializer)?;
        let has = |key: &str| value.get(key).is_some();
        if has("fault") {
            read(value).map(Self::Inject)
        } else if has("pause") {
            read(value).map(Self::Pause)
        } else if has("parallel") {
            read(value).map(Self::Parallel)
        } else if has("sequence") {
            read(value).map(Self::Sequence)
        } else if has("repeat") {
            read(value).map(Self::Repeat)
        } else if has("mix") {
            read(value).map(Self::Mix)
        } else if has("probe") {
            read(value).map(Self::Probe)
        } else {
            Err(D::Error::custom(
                "a step has one of: fault, pause, parallel, sequence, repeat, mix, probe",
            ))
        }
    }
}
