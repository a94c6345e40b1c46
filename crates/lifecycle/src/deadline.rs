//! How much time a request has left, told to each hop in the header `Deadline-Ms`.
//!
//! It is relative (milliseconds left when the request is sent), so that no two clocks have to agree.

use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout_at};

use crate::problem::{DEADLINE_EXCEEDED, Problem};

pub const HEADER: HeaderName = HeaderName::from_static("deadline-ms");

/// For a request that says nothing: long beside what any call needs (milliseconds), short beside a client's patience.
pub const DEFAULT: Duration = Duration::from_secs(10);

/// What a request may ask for at most, so that nobody holds a connection and a task for ever: twice the longest
/// hold the API offers.
pub const MAX: Duration = Duration::from_secs(60);

/// The moment by which a request has to be answered; an extractor, for handlers that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// As the headers say, at most [`MAX`] from now; a value that is no number counts as none.
    pub fn from_headers(headers: &HeaderMap, default: Duration) -> Self {
        let asked = headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map_or(default, Duration::from_millis);
        Self(Instant::now() + asked.min(MAX))
    }

    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub fn instant(self) -> Instant {
        self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Deadline {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<Self>().copied();
        Ok(known.unwrap_or_else(|| Self::from_headers(&parts.headers, DEFAULT)))
    }
}

/// The layer: gives the handler its [`Deadline`] and answers in its place when it is over.
pub async fn enforce(request: Request, next: Next) -> Response {
    let deadline = Deadline::from_headers(request.headers(), DEFAULT);
    within(deadline, request, next).await
}

/// [`enforce`] with a deadline that was worked out elsewhere.
pub async fn within(deadline: Deadline, mut request: Request, next: Next) -> Response {
    if deadline.remaining().is_zero() {
        let detail = "the request arrived with no time left; nothing was done";
        return Problem::new(DEADLINE_EXCEEDED, detail).into_response();
    }
    request.extensions_mut().insert(deadline);
    match timeout_at(deadline.0, next.run(request)).await {
        Ok(response) => response,
        Err(_) => exceeded().into_response(),
    }
}

/// The refusal of a request that was begun and not finished in time.
pub fn exceeded() -> Problem {
    let detail = "the deadline passed before the answer; the request may still have been done";
    Problem::new(DEADLINE_EXCEEDED, detail)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue};

    use super::{DEFAULT, Deadline, HEADER, MAX};

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_what_was_asked_for_within_limits() {
        let cases = [
            (Some("250"), Duration::from_millis(250)),
            (Some("0"), Duration::ZERO),
            (Some("3600000"), MAX),
            (Some("18446744073709551615"), MAX),
            (Some("soon"), DEFAULT),
            (Some("-5"), DEFAULT),
            (None, DEFAULT),
        ];
        for (asked, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(asked) = asked {
                headers.insert(HEADER, HeaderValue::from_static(asked));
            }
            assert_eq!(
                Deadline::from_headers(&headers, DEFAULT).remaining(),
                expected,
                "{asked:?}"
            );
        }
    }
}
