//! A refusal in the shape of grpc-gateway, as Jaeger's API has it.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    pub status: StatusCode,
    pub message: String,
}

impl ApiError {
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
        }
    }

    pub(super) fn malformed(parameter: &str, why: &str) -> Self {
        Self::bad_request(format!("malformed parameter {parameter}: {why}"))
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: message.into(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self { status, message } = self;
        (
            status,
            Json(json!({"error": {"httpCode": status.as_u16(), "message": message}})),
        )
            .into_response()
    }
}
