//! Who listens to what, as the broker itself has it.

use checkers::state::Binding;
use serde::Deserialize;

use super::management;
use crate::endpoints::{Endpoints, Secrets};

#[derive(Deserialize)]
struct Row {
    source: String,
    destination: String,
    destination_type: String,
    routing_key: String,
}

pub async fn read(endpoints: &Endpoints, secrets: &Secrets) -> Result<Vec<Binding>, String> {
    let rows: Vec<Row> = management::get(endpoints, secrets, "/api/bindings/%2f").await?;
    Ok(rows
        .into_iter()
        .filter(|row| row.source == "events" && row.destination_type == "queue")
        .map(|row| Binding {
            queue: row.destination,
            pattern: row.routing_key,
        })
        .collect())
}
