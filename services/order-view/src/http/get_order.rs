//! `GET /orders/{id}`, at once, as new as a token says, or at its end.

use super::Api;
use crate::{
    rows::{self, OrderRow},
    waiting::Until,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use lifecycle::{
    json::Json,
    problem::{self, Problem},
    query::Query,
};
use serde::Deserialize;
use std::time::Duration;
use uuid::Uuid;

const CONSISTENCY_TOKEN: &str = "consistency-token";
/// Answered when the row is older than the token.
const CONSISTENCY: HeaderName = HeaderName::from_static("consistency");
const STALE: HeaderValue = HeaderValue::from_static("stale");

/// The projection is milliseconds behind; when it is this far, a stale answer helps more.
const TOKEN_WAIT: Duration = Duration::from_secs(2);
/// As long as an ordinary saga may take, deadline included.
const TERMINAL_WAIT_MS_MAX: u64 = 30_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    wait: Option<WaitFor>,
    wait_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WaitFor {
    Terminal,
}

pub async fn get_order(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(Wait { wait, wait_ms }): Query<Wait>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let order_id: Uuid = id
        .parse()
        .map_err(|_| Problem::new(problem::INVALID_IDENTIFIER, "the id of an order is a UUID"))?;
    let token = token(&headers)?;
    let waited = match (wait, token) {
        (Some(WaitFor::Terminal), _) => {
            let limit = wait_ms.map_or(TERMINAL_WAIT_MS_MAX, |ms| ms.min(TERMINAL_WAIT_MS_MAX));
            let limit = Duration::from_millis(limit);
            api.waiting.wait(order_id, Until::Terminal, limit).await
        }
        (None, Some(version)) => {
            let until = Until::Version(version);
            api.waiting.wait(order_id, until, TOKEN_WAIT).await
        }
        (None, None) => None,
    };
    let row = match waited {
        Some(row) => Some(row),
        None => assembly::read(rows::by_ids(&api.pool, &[order_id]))
            .await?
            .pop(),
    };
    answer(row, token)
}

fn token(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(CONSISTENCY_TOKEN) else {
        return Ok(None);
    };
    let version = value.to_str().ok().and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| {
        let detail = "Consistency-Token is what the answer to a command carried, unchanged";
        Problem::new(problem::INVALID_QUERY, detail)
    })
}

fn answer(row: Option<OrderRow>, token: Option<i64>) -> Result<Response, Problem> {
    match (row, token) {
        (Some(row), Some(version)) if row.version < version => {
            Ok(([(CONSISTENCY, STALE)], Json(row)).into_response())
        }
        (Some(row), _) => Ok(Json(row).into_response()),
        (None, Some(_)) => {
            let detail = "the read side has not seen this order yet; try again";
            Err(Problem::new(problem::PROJECTION_BEHIND, detail).retry_after_s(1))
        }
        (None, None) => {
            let detail = "there is no order with this id, or the read side has not seen it yet";
            Err(Problem::new(problem::UNKNOWN_ORDER, detail))
        }
    }
}
