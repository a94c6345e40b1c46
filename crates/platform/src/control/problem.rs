//! Refusals as RFC 9457 says, one stable type each.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::fleet::ScaleError;
use crate::process::ActionError;

#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    slug: &'static str,
    title: &'static str,
    detail: String,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        slug: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        Problem {
            status,
            slug,
            title,
            detail: detail.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({
            "type": format!("/problems/{}", self.slug),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        }));
        let mut response = (self.status, body).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Problem {
        let (status, slug, title) = match &error {
            ActionError::Unknown(_) => {
                (StatusCode::NOT_FOUND, "unknown-process", "No such process")
            }
            ActionError::NotRunning { .. } => {
                (StatusCode::CONFLICT, "not-running", "Not running now")
            }
            ActionError::Refused { .. } => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "signal-failed",
                "The signal could not be sent",
            ),
        };
        Problem::new(status, slug, title, error.to_string())
    }
}

impl From<ScaleError> for Problem {
    fn from(error: ScaleError) -> Problem {
        let (status, slug, title) = match &error {
            ScaleError::Unknown(_) => (StatusCode::NOT_FOUND, "unknown-service", "No such service"),
            ScaleError::OutOfRange { .. } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "out-of-range",
                "Out of range",
            ),
            ScaleError::Io(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "scale-failed",
                "Could not be scaled",
            ),
        };
        Problem::new(status, slug, title, error.to_string())
    }
}
