//! What was sent, value by value.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// Every value of a workload by its place: `workload stages 1 poisson rate`. Of a run that did not write it down, none.
pub fn values(workload: &Json) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    flatten("workload", workload, &mut values);
    values
}

fn flatten(place: &str, json: &Json, into: &mut BTreeMap<String, String>) {
    match json {
        Json::Null => {}
        Json::Object(fields) => {
            for (name, json) in fields {
                flatten(&format!("{place} {name}"), json, into);
            }
        }
        Json::Array(items) => {
            for (nth, json) in items.iter().enumerate() {
                flatten(&format!("{place} {}", nth + 1), json, into);
            }
        }
        Json::String(text) => {
            into.insert(place.to_owned(), text.clone());
        }
        Json::Bool(_) | Json::Number(_) => {
            into.insert(place.to_owned(), json.to_string());
        }
    }
}
