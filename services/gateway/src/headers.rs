//! Which headers cross the gateway.

use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use lifecycle::deadline::{self, Deadline};

/// Headers about one connection, not about the message (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Headers the gateway writes itself; what a client says in their place stays outside.
const REPLACED: [HeaderName; 4] = [
    HOST,
    CONTENT_LENGTH,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// Removes what belongs to one connection: the headers listed above, and those that `Connection` names.
pub fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
}

/// The headers of a request as it is sent on: with the time that is left, and the current span as its parent.
pub fn sent_on(incoming: &HeaderMap, deadline: Deadline) -> HeaderMap {
    let mut headers = incoming.clone();
    strip_hop_by_hop(&mut headers);
    for name in REPLACED {
        headers.remove(name);
    }
    let left_ms = u64::try_from(deadline.remaining().as_millis()).unwrap_or(u64::MAX);
    headers.insert(deadline::HEADER, HeaderValue::from(left_ms));
    telemetry::http::inject(&mut headers);
    headers
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderName, HeaderValue};
    use lifecycle::deadline::Deadline;

    use super::sent_on;

    #[tokio::test]
    async fn what_belongs_to_the_connection_or_to_the_gateway_does_not_cross() {
        let mut incoming = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private"),
            ("x-private", "1"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("upgrade", "websocket"),
            ("host", "outside"),
            ("content-length", "7"),
            (
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ),
            ("idempotency-key", "k1"),
            ("consistency-token", "3"),
            ("deadline-ms", "600000"),
        ] {
            incoming.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let deadline = Deadline::from_headers(&HeaderMap::new(), Duration::from_millis(900));
        let headers = sent_on(&incoming, deadline);
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["consistency-token", "deadline-ms", "idempotency-key"]
        );
        let left_ms: u64 = headers["deadline-ms"]
            .to_str()
            .expect("text")
            .parse()
            .expect("a number");
        assert!(left_ms <= 900, "{left_ms}");
    }
}
