//! Every refusal of the API as an RFC 9457 problem, each of one type from one catalogue.

mod catalogue;

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub use catalogue::*;

/// Problems quote what was sent, and what was sent may be long.
const DETAIL_CHARS_MAX: usize = 300;

/// A kind of refusal: what a client may decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemType {
    pub slug: &'static str,
    pub status: StatusCode,
    pub title: &'static str,
    /// When it is answered and what to do then, for the API documentation.
    pub meaning: &'static str,
}

/// One refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub type_slug: &'static str,
    pub title: &'static str,
    pub status: StatusCode,
    /// What is wrong with this very request.
    pub detail: String,
    /// Where in the body it is wrong, as an RFC 6901 JSON pointer.
    pub pointer: Option<String>,
    /// When asking again makes sense; the `Retry-After` header.
    pub retry_after_s: Option<u64>,
}

/// The media type of every refusal.
pub const CONTENT_TYPE: &str = "application/problem+json";

impl Problem {
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            type_slug: kind.slug,
            title: kind.title,
            status: kind.status,
            detail: detail.into(),
            pointer: None,
            retry_after_s: None,
        }
    }

    /// Names the place in the body.
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    pub fn retry_after_s(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same type under another status, where the catalogue says so.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// The body, in the member order of RFC 9457.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: format!("/problems/{}", self.type_slug),
            title: self.title,
            status: self.status.as_u16(),
            detail: shortened(&self.detail),
            pointer: self.pointer.as_deref(),
        };
        // Strings and an integer always serialise.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let content_type = [(header::CONTENT_TYPE, CONTENT_TYPE)];
        let mut response = (self.status, content_type, body).into_response();
        if let Some(seconds) = self.retry_after_s {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn shortened(detail: &str) -> Cow<'_, str> {
    match detail.char_indices().nth(DETAIL_CHARS_MAX) {
        None => detail.into(),
        Some((end, _)) => format!("{}…", &detail[..end]).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CATALOGUE, OUTBOX_FULL, Problem, shortened};
    use axum::response::IntoResponse;

    #[test]
    fn every_type_is_listed_once_and_says_what_it_means() {
        let slugs: BTreeSet<_> = CATALOGUE.iter().map(|kind| kind.slug).collect();
        let titles: BTreeSet<_> = CATALOGUE.iter().map(|kind| kind.title).collect();
        assert_eq!(slugs.len(), CATALOGUE.len());
        assert_eq!(titles.len(), CATALOGUE.len());
        for kind in CATALOGUE {
            assert!(kind.status.is_client_error() || kind.status.is_server_error());
            assert!(kind.meaning.ends_with('.'), "{}", kind.slug);
            let word = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(kind.slug.chars().all(word), "{}", kind.slug);
        }
    }

    #[tokio::test]
    async fn a_problem_is_an_answer() {
        let response = Problem::new(OUTBOX_FULL, "10000 rows wait")
            .at("/lines")
            .retry_after_s(2)
            .into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        assert_eq!(response.headers()["retry-after"], "2");
        let body = axum::body::to_bytes(response.into_body(), 1024)
            .await
            .expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["type"], "/problems/outbox-full");
        assert_eq!(body["status"], 503);
        assert_eq!(body["pointer"], "/lines");
    }

    #[test]
    fn a_detail_is_shortened_between_characters() {
        let long = "ü".repeat(400);
        assert_eq!(shortened(&long).chars().count(), 301);
        assert_eq!(shortened("short"), "short");
    }
}
