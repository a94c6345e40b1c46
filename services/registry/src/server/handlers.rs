//! One function for each of Consul's paths.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{Blocking, Registry};
use crate::answers;
use crate::catalogue::{Catalogue, Status};
use crate::definition::Definition;

/// What a check reports by `/v1/agent/check/update`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    status: String,
    #[serde(default)]
    output: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Note {
    #[serde(default)]
    note: String,
}

/// A refusal as Consul words one: a status and a line of text.
type Refusal = (StatusCode, String);

pub(super) async fn register(State(registry): State<Registry>, body: Bytes) -> Result<(), Refusal> {
    let definition: Definition = parse(&body)?;
    let service = definition
        .service()
        .map_err(|reason| (StatusCode::BAD_REQUEST, reason))?;
    registry
        .change(|catalogue, now_ms| catalogue.register(now_ms, service))
        .map_err(|full| (StatusCode::SERVICE_UNAVAILABLE, full.to_string()))
}

pub(super) async fn deregister(
    State(registry): State<Registry>,
    Path(id): Path<String>,
) -> Result<(), Refusal> {
    let outcome = registry.change(|catalogue, _| catalogue.deregister(&id));
    outcome.map_err(|_| (StatusCode::NOT_FOUND, format!("Unknown service ID {id:?}")))
}

pub(super) async fn pass(
    registry: State<Registry>,
    id: Path<String>,
    Query(note): Query<Note>,
) -> Result<(), Refusal> {
    report(registry, id, Status::Passing, &note.note)
}

pub(super) async fn warn(
    registry: State<Registry>,
    id: Path<String>,
    Query(note): Query<Note>,
) -> Result<(), Refusal> {
    report(registry, id, Status::Warning, &note.note)
}

pub(super) async fn fail(
    registry: State<Registry>,
    id: Path<String>,
    Query(note): Query<Note>,
) -> Result<(), Refusal> {
    report(registry, id, Status::Critical, &note.note)
}

pub(super) async fn update(
    registry: State<Registry>,
    id: Path<String>,
    body: Bytes,
) -> Result<(), Refusal> {
    let update: Update = parse(&body)?;
    let status = Status::parse(&update.status);
    let status =
        status.ok_or_else(|| (StatusCode::BAD_REQUEST, "Invalid check status".to_owned()))?;
    report(registry, id, status, &update.output)
}

fn report(
    State(registry): State<Registry>,
    Path(id): Path<String>,
    status: Status,
    output: &str,
) -> Result<(), Refusal> {
    // What a check says is shown to operators, who read its first line.
    let output: String = output.chars().take(256).collect();
    let outcome =
        registry.change(|catalogue, now_ms| catalogue.report(now_ms, &id, status, &output));
    outcome.map_err(|_| (StatusCode::NOT_FOUND, format!("Unknown check ID {id:?}")))
}

pub(super) async fn services(State(registry): State<Registry>) -> Response {
    let catalogue = registry.catalogue();
    let services: BTreeMap<&str, _> = catalogue
        .services()
        .map(|service| (service.id.as_str(), answers::agent(service)))
        .collect();
    Json(services).into_response()
}

pub(super) async fn names(
    State(registry): State<Registry>,
    Query(query): Query<Blocking>,
) -> Response {
    registry.block(&query, Catalogue::index).await;
    let catalogue = registry.catalogue();
    indexed(
        catalogue.index(),
        Json(answers::names(catalogue.services())),
    )
}

pub(super) async fn health(
    State(registry): State<Registry>,
    Path(name): Path<String>,
    Query(query): Query<Blocking>,
) -> Response {
    registry
        .block(&query, |catalogue| catalogue.index_of(&name))
        .await;
    let catalogue = registry.catalogue();
    let entries: Vec<_> = catalogue
        .instances(&name)
        .filter(|service| query.passing.is_none() || service.status() == Status::Passing)
        .map(answers::health)
        .collect();
    indexed(catalogue.index_of(&name), Json(entries))
}

fn indexed(index: u64, body: impl IntoResponse) -> Response {
    let headers = [
        ("x-consul-index", index.to_string()),
        ("x-consul-knownleader", "true".to_owned()),
        ("x-consul-lastcontact", "0".to_owned()),
    ];
    (headers, body).into_response()
}

fn parse<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        (
            StatusCode::BAD_REQUEST,
            format!("Request decode failed: {error}"),
        )
    })
}
