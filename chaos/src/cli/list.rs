//! `chaos list`: every fault.

use super::say;
use std::process::ExitCode;

use chaos::fault;
use schemars::generate::SchemaSettings;
use serde_json::Value;

#[derive(clap::Args)]
pub struct Asked {
    /// Only faults that begin so: amqp, process/k
    #[arg(default_value = "")]
    prefix: String,
}

pub fn run(asked: &Asked) -> ExitCode {
    let all = fault::all();
    let chosen: Vec<_> = all
        .iter()
        .filter(|kind| kind.name.starts_with(&asked.prefix))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = all.iter().map(|kind| &*kind.name).collect();
        eprintln!(
            "chaos: no fault begins with {:?}; there are: {}",
            asked.prefix,
            names.join(", ")
        );
        return super::UNKNOWN.into();
    }
    for kind in chosen {
        let needs: Vec<String> = kind.needs.iter().map(ToString::to_string).collect();
        let lasts = if kind.lasts { "lasts" } else { "over at once" };
        say(format_args!(
            "{}\n    {}\n    needs {}; {lasts}",
            kind.name,
            kind.meaning,
            needs.join(", ")
        ));
        for (name, meaning) in parameters(kind) {
            say(format_args!("    {name:<18} {meaning}"));
        }
    }
    ExitCode::SUCCESS
}

/// Name and meaning, the required ones first.
fn parameters(kind: &fault::Kind) -> Vec<(String, String)> {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator();
    let schema: Value = (kind.schema)(&mut generator).into();
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut all: Vec<(String, String)> = properties
        .map(|(name, schema)| {
            let described = schema["description"].as_str().or(schema["title"].as_str());
            let must = if required.contains(&name.as_str()) {
                ""
            } else {
                "optional"
            };
            let words = [described.unwrap_or_default(), must];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            (name.clone(), words.join("; "))
        })
        .collect();
    all.sort_by_key(|(name, _)| !required.contains(&name.as_str()));
    all
}
