//! One request to one instance, and its answer back.
//!
//! ```text
//! for each instance in turn:
//!     no connection   nothing was sent     ask the next one
//!     an answer       whatever its status  hand it on, body streamed
//!     anything else   the outcome is unknown, and asking again is the client's decision, who has the key
//! ```

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::{Authority, Scheme};
use axum::http::{Method, Uri, request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use discovery::Endpoint;
use futures::stream;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, Error, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use lifecycle::deadline::{self, Deadline};
use lifecycle::problem::{NO_INSTANCE, Problem, UPSTREAM_FAILED};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span, field::Empty, info_span};

use crate::headers;
use crate::metrics::FORWARDED;
use crate::routes::Route;
use crate::upstream::Upstreams;

/// Instances are near: a connection takes a millisecond, and a lost SYN is only sent again after a second. Who does
/// not answer by then is paused or gone, and another instance can be asked, since nothing was sent.
const CONNECT_LIMIT: Duration = Duration::from_millis(500);

/// Shorter than a server keeps an idle connection (15 s): otherwise it would be closed under a request.
const IDLE_LIMIT: Duration = Duration::from_secs(5);

/// Idle connections kept to one instance: as many as it answers at once at the rates one machine reaches.
const IDLE_CONNECTIONS_MAX: usize = 64;

/// Instances asked for one request. Each refusal costs at most [`CONNECT_LIMIT`], and three of them in a row mean
/// that the service is down.
const ATTEMPTS_MAX: usize = 3;

/// When to ask again for a service that has no instance: a restart takes about that.
const RETRY_AFTER_S: u64 = 1;

type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// What forwards the requests of one route; cheap to clone.
#[derive(Clone)]
pub struct Forwarder {
    service: Arc<str>,
    upstreams: Arc<Upstreams>,
    client: HttpClient,
}

/// Why an instance gave no answer.
enum Failure {
    /// No connection came about: nothing was sent.
    Refused,
    /// It broke after that.
    Broken(Error),
    TimedOut,
}

impl Forwarder {
    pub fn new(route: &Route, upstreams: Arc<Upstreams>, client: HttpClient) -> Self {
        Self {
            service: route.service.as_str().into(),
            upstreams,
            client,
        }
    }

    pub async fn forward(self, deadline: Deadline, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        // The body is in memory already: it was read within its limit on the way here.
        let Ok(body) = body.collect().await.map(|whole| whole.to_bytes()) else {
            return Problem::new(UPSTREAM_FAILED, "the body was lost before it was sent on")
                .into_response();
        };
        let endpoints = self.upstreams.in_turn(&self.service);
        for (resent, endpoint) in endpoints.iter().take(ATTEMPTS_MAX).enumerate() {
            let span = client_span(&self.service, endpoint, &parts.method, resent);
            let attempt = self.attempt(deadline, &parts, body.clone(), endpoint, &span);
            match attempt.instrument(span.clone()).await {
                Ok(response) => {
                    self.count("answered");
                    return handed_on(response, deadline.instant());
                }
                Err(Failure::Refused) => {
                    self.count("refused");
                    span.record("otel.status_code", "ERROR");
                    tracing::warn!(
                        instance = endpoint.instance,
                        "no connection; another instance is asked"
                    );
                }
                Err(Failure::Broken(error)) => {
                    self.count("failed");
                    span.record("otel.status_code", "ERROR");
                    tracing::warn!(instance = endpoint.instance, %error, "no answer to a request that was sent");
                    return self.failed(endpoint).into_response();
                }
                Err(Failure::TimedOut) => {
                    self.count("timed_out");
                    span.record("otel.status_code", "ERROR");
                    return deadline::exceeded().into_response();
                }
            }
        }
        self.count("no_instance");
        self.no_instance(endpoints.len()).into_response()
    }

    async fn attempt(
        &self,
        deadline: Deadline,
        parts: &request::Parts,
        body: Bytes,
        endpoint: &Endpoint,
        span: &Span,
    ) -> Result<axum::http::Response<Incoming>, Failure> {
        let mut request = axum::http::Request::new(Full::new(body));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = uri(endpoint, &parts.uri);
        *request.headers_mut() = headers::sent_on(&parts.headers, deadline);
        match timeout_at(deadline.instant(), self.client.request(request)).await {
            Ok(Ok(response)) => {
                span.record("http.response.status_code", response.status().as_u16());
                Ok(response)
            }
            Ok(Err(error)) if error.is_connect() => Err(Failure::Refused),
            Ok(Err(error)) => Err(Failure::Broken(error)),
            Err(_) => Err(Failure::TimedOut),
        }
    }

    fn count(&self, outcome: &'static str) {
        FORWARDED.add(1, &[&self.service, outcome]);
    }

    fn failed(&self, endpoint: &Endpoint) -> Problem {
        let (service, instance) = (&self.service, &endpoint.instance);
        let detail =
            format!("{service} ({instance}) broke off; the request may have been done or not");
        Problem::new(UPSTREAM_FAILED, detail)
    }

    fn no_instance(&self, known: usize) -> Problem {
        let service = &self.service;
        let detail = match known {
            0 => format!("no instance of {service} is registered; nothing was sent on"),
            _ => format!("no instance of {service} takes connections; nothing was sent on"),
        };
        Problem::new(NO_INSTANCE, detail).retry_after_s(RETRY_AFTER_S)
    }
}

/// The client all routes share, and with it the connections.
pub fn client() -> HttpClient {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_LIMIT));
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_LIMIT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
        .build(connector)
}

/// The same path and query at an instance, byte for byte.
fn uri(endpoint: &Endpoint, incoming: &Uri) -> Uri {
    let mut parts = axum::http::uri::Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    // An address is an authority, and all three parts together are a URI.
    parts.authority = Authority::try_from(endpoint.addr.to_string()).ok();
    parts.path_and_query = incoming.path_and_query().cloned();
    Uri::from_parts(parts).unwrap_or_default()
}

fn client_span(service: &str, endpoint: &Endpoint, method: &Method, resent: usize) -> Span {
    info_span!(
        "forward",
        otel.name = format!("{method} {service}"),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.request.resend_count = (resent > 0).then_some(resent as u64),
        http.response.status_code = Empty,
        server.address = %endpoint.addr,
        service.peer.name = service,
        breakwater.instance = endpoint.instance,
    )
}

/// The answer as the client gets it. Its body has the same deadline as everything before; one that does not come is
/// broken off, so that a client never takes a part for the whole.
fn handed_on(response: axum::http::Response<Incoming>, deadline: Instant) -> Response {
    let (mut parts, body) = response.into_parts();
    headers::strip_hop_by_hop(&mut parts.headers);
    let frames = stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => Some((Ok(frame), Some(body))),
            Ok(Some(Err(error))) => Some((Err(axum::Error::new(error)), None)),
            Ok(None) => None,
            Err(elapsed) => Some((Err(axum::Error::new(elapsed)), None)),
        }
    });
    Response::from_parts(parts, Body::new(StreamBody::new(frames)))
}
