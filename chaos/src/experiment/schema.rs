//! The published JSON Schema of experiment files.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Experiment;

/// Made of the types that files are read into: they cannot differ.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<Experiment>().into()
}
