//! OTLP over HTTP: `POST /v1/traces` with a protobuf body.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use http_body_util::LengthLimitError;
use tokio::time::timeout;
use tonic::Code;

use crate::metrics::REQUESTS_REFUSED;
use crate::otlp;
use crate::shared::{BODY_BYTES_MAX, BODY_WAIT, SharedStore};

const PROTOBUF: &str = "application/x-protobuf";

pub fn router(store: SharedStore) -> Router {
    Router::new()
        .route("/v1/traces", post(export))
        .with_state(store)
}

async fn export(State(store): State<SharedStore>, headers: HeaderMap, body: Body) -> Response {
    match take(&store, &headers, body).await {
        Ok(response) => ([(CONTENT_TYPE, PROTOBUF)], response).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn take(store: &SharedStore, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refusal> {
    check_encoding(headers)?;
    if content_length(headers).is_some_and(|length| length > BODY_BYTES_MAX) {
        return Err(Refusal::TooLarge);
    }
    let turn = store.turn().await.ok_or(Refusal::Busy)?;
    let body = read(body).await?;
    let appended = store
        .append(&body)
        .map_err(|mistake| Refusal::Malformed(mistake.to_string()))?;
    drop(turn);
    Ok(otlp::export_response(appended.refused))
}

fn check_encoding(headers: &HeaderMap) -> Result<(), Refusal> {
    let value = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("").trim())
    };
    let media_type = value(CONTENT_TYPE).map(|value| value.split(';').next().unwrap_or("").trim());
    if media_type != Some(PROTOBUF) {
        return Err(Refusal::Unsupported(
            "only application/x-protobuf is taken: set the exporter to http/protobuf",
        ));
    }
    match value(CONTENT_ENCODING) {
        None | Some("" | "identity") => Ok(()),
        Some(_) => Err(Refusal::Unsupported(
            "compressed bodies are not taken: set the exporter's compression to none",
        )),
    }
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read(body: Body) -> Result<Bytes, Refusal> {
    let read = timeout(BODY_WAIT, to_bytes(body, BODY_BYTES_MAX))
        .await
        .map_err(|_| Refusal::Slow)?;
    read.map_err(
        |error| match error.into_inner().downcast::<LengthLimitError>() {
            Ok(_) => Refusal::TooLarge,
            Err(error) => Refusal::Malformed(format!("the body did not arrive whole: {error}")),
        },
    )
}

/// Why nothing of a request was taken. OTLP exporters try again on 503 and give up on the others.
enum Refusal {
    Malformed(String),
    Unsupported(&'static str),
    TooLarge,
    Slow,
    Busy,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            // counted where it is found, for both ways in
            Self::Malformed(why) => (StatusCode::BAD_REQUEST, Code::InvalidArgument, why),
            Self::Unsupported(why) => {
                REQUESTS_REFUSED.add(1, &["unsupported"]);
                (
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    Code::InvalidArgument,
                    why.to_owned(),
                )
            }
            Self::TooLarge => {
                REQUESTS_REFUSED.add(1, &["too_large"]);
                let why =
                    format!("the body is larger than {BODY_BYTES_MAX} bytes: send smaller batches");
                (StatusCode::PAYLOAD_TOO_LARGE, Code::ResourceExhausted, why)
            }
            Self::Slow => {
                REQUESTS_REFUSED.add(1, &["slow"]);
                let why = format!(
                    "the body took longer than {} s: send it again",
                    BODY_WAIT.as_secs()
                );
                (StatusCode::REQUEST_TIMEOUT, Code::DeadlineExceeded, why)
            }
            Self::Busy => {
                let why = "too many requests are being read: send it again in a second".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, why)
            }
        };
        let mut response = (
            status,
            [(CONTENT_TYPE, PROTOBUF)],
            otlp::status(code, &message),
        )
            .into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(RETRY_AFTER, http::HeaderValue::from_static("1"));
        }
        response
    }
}
