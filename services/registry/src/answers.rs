//! Consul's JSON for what the catalogue holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::catalogue::Service;

/// The one node there is.
const NODE: &str = "local";
const NODE_ADDRESS: &str = "127.0.0.1";
const DATACENTER: &str = "dc1";

/// An entry of `/v1/health/service/{name}`.
pub fn health(service: &Service) -> Value {
    let checks: Vec<Value> = service
        .check
        .iter()
        .map(|check| {
            json!({
                "Node": NODE,
                "CheckID": check.id,
                "Name": check.name,
                "Status": check.status.label(),
                "Notes": "",
                "Output": check.output,
                "ServiceID": service.id,
                "ServiceName": service.name,
                "ServiceTags": service.tags,
                "Type": "ttl",
            })
        })
        .collect();
    json!({
        "Node": { "Node": NODE, "Address": NODE_ADDRESS, "Datacenter": DATACENTER },
        "Service": agent(service),
        "Checks": checks,
    })
}

/// A member of `/v1/agent/services`.
pub fn agent(service: &Service) -> Value {
    json!({
        "ID": service.id,
        "Service": service.name,
        "Tags": service.tags,
        "Meta": service.meta,
        "Address": service.address,
        "Port": service.port,
        "Weights": { "Passing": 1, "Warning": 1 },
        "EnableTagOverride": false,
        "Datacenter": DATACENTER,
    })
}

/// `/v1/catalog/services`: each name with the tags of all its instances.
pub fn names<'a>(
    services: impl Iterator<Item = &'a Service>,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in services {
        let tags = names.entry(&service.name).or_default();
        tags.extend(service.tags.iter().map(String::as_str));
    }
    names
}
