//! Where traces go: our own store, a Jaeger that we run, or one that runs elsewhere.

use std::path::{Path, PathBuf};

use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};

use super::ServerError;
use super::jaeger::jaeger;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tracing {
    Off,
    /// The `tracestore` binary at this path.
    Embedded(PathBuf),
    /// A `jaeger` binary, version 2.
    Jaeger(PathBuf),
    /// Started by somebody else: its query API and its OTLP receiver over HTTP.
    Remote {
        query_url: String,
        otlp_url: String,
    },
}

impl Tracing {
    /// The Jaeger at `query_url`, whose receiver is on the port that OTLP gives it unless said otherwise.
    pub fn remote(query_url: &str, otlp_url: Option<&str>) -> Tracing {
        let query_url = query_url.trim_end_matches('/').to_owned();
        let otlp_url = otlp_url.map_or_else(|| default_otlp_url(&query_url), str::to_owned);
        Tracing::Remote {
            query_url,
            otlp_url,
        }
    }
}

fn default_otlp_url(query_url: &str) -> String {
    let (scheme, rest) = query_url.split_once("://").unwrap_or(("http", query_url));
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = match authority.rsplit_once(':') {
        // Not the colons inside of a bare IPv6 address.
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    format!("{scheme}://{host}:4318")
}

/// What the rest of the platform needs to know, and the process where it is ours.
pub struct TraceStore {
    pub query_url: Option<String>,
    pub otlp_url: Option<String>,
    pub spec: Option<ProcessSpec>,
    _ports: Vec<Port>,
}

impl TraceStore {
    pub fn prepare(tracing: &Tracing, folder: &Path) -> Result<TraceStore, ServerError> {
        match tracing {
            Tracing::Off => Ok(TraceStore {
                query_url: None,
                otlp_url: None,
                spec: None,
                _ports: Vec::new(),
            }),
            Tracing::Remote {
                query_url,
                otlp_url,
            } => Ok(TraceStore {
                query_url: Some(query_url.clone()),
                otlp_url: Some(otlp_url.clone()),
                spec: None,
                _ports: Vec::new(),
            }),
            Tracing::Embedded(program) => ours(program, folder, embedded),
            Tracing::Jaeger(program) => ours(program, folder, jaeger),
        }
    }
}

pub(super) struct Addresses {
    pub query: Port,
    pub otlp_http: Port,
    pub otlp_grpc: Port,
    pub admin: Port,
    /// Jaeger serves its query API over gRPC as well.
    pub query_grpc: Port,
}

type Describe = fn(ProcessSpec, &Path, &Addresses) -> std::io::Result<ProcessSpec>;

fn ours(program: &Path, folder: &Path, describe: Describe) -> Result<TraceStore, ServerError> {
    let claim = || Port::claim().map_err(ServerError::io("a port for the trace store"));
    let at = Addresses {
        query: claim()?,
        otlp_http: claim()?,
        otlp_grpc: claim()?,
        admin: claim()?,
        query_grpc: claim()?,
    };
    // The same name for both: whoever kills or scrapes the trace store need not know which it is.
    let spec = ProcessSpec::new("tracestore", Kind::Server, program, folder);
    let mut spec = describe(spec, folder, &at).map_err(ServerError::io("the trace store"))?;
    spec.niceness = 15;
    Ok(TraceStore {
        query_url: Some(at.query.url()),
        otlp_url: Some(at.otlp_http.url()),
        spec: Some(spec),
        _ports: vec![
            at.query,
            at.otlp_http,
            at.otlp_grpc,
            at.admin,
            at.query_grpc,
        ],
    })
}

fn embedded(spec: ProcessSpec, _: &Path, at: &Addresses) -> std::io::Result<ProcessSpec> {
    let mut spec = spec
        .env("INSTANCE", "tracestore")
        .env("OTLP_HTTP_ADDR", at.otlp_http.addr())
        .env("OTLP_GRPC_ADDR", at.otlp_grpc.addr())
        .env("PUBLIC_ADDR", at.query.addr())
        .env("ADMIN_ADDR", at.admin.addr())
        // Some 50,000 orders' spans; the demo's two minutes at 50 orders/s are 6,000.
        .env("MEMORY_LIMIT_MB", "96")
        .env("LOG", "info")
        .env("LOG_FORMAT", "json");
    spec.probe = Probe::Http(format!("{}/readyz", at.admin.url()));
    spec.metrics_addr = Some(at.admin.addr());
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_jaeger_receives_where_otlp_says_unless_told_otherwise() {
        for (query, otlp) in [
            ("http://jaeger:16686", "http://jaeger:4318"),
            ("http://jaeger", "http://jaeger:4318"),
            ("https://traces.example/ui", "https://traces.example:4318"),
            ("http://[::1]:16686", "http://[::1]:4318"),
            ("http://[::1]", "http://[::1]:4318"),
        ] {
            assert_eq!(default_otlp_url(query), otlp, "{query}");
        }
        let told = Tracing::remote("http://jaeger:16686/", Some("http://collector:4318"));
        assert_eq!(
            told,
            Tracing::Remote {
                query_url: "http://jaeger:16686".into(),
                otlp_url: "http://collector:4318".into(),
            }
        );
    }
}
