//! A real Jaeger: one that runs, one on PATH, or one built for the test.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::target::{Target, eventually};

/// A process that ends with the test.
pub struct Process(Option<Child>);

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub async fn start() -> Result<(Target, Process), String> {
    if let Ok(query) = std::env::var("JAEGER_URL") {
        return Ok((running(query.trim_end_matches('/')), Process(None)));
    }
    let binary = on_path("jaeger").map_or_else(build, Ok)?;
    let [query, query_grpc, otlp_http, otlp_grpc] = free_ports();
    let child = Command::new(&binary)
        .arg("--config")
        .arg(fixture("config.yaml"))
        .env("QUERY_HTTP_PORT", query.to_string())
        .env("QUERY_GRPC_PORT", query_grpc.to_string())
        .env("OTLP_HTTP_PORT", otlp_http.to_string())
        .env("OTLP_GRPC_PORT", otlp_grpc.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{} does not start: {error}", binary.display()))?;
    let process = Process(Some(child));
    let url = |port| format!("http://127.0.0.1:{port}");
    for port in [query, otlp_http] {
        let url = url(port);
        eventually("Jaeger listens", async || reqwest::get(&url).await.ok()).await;
    }
    Ok((
        Target {
            name: "jaeger",
            query: url(query),
            otlp_http: url(otlp_http),
            otlp_grpc: url(otlp_grpc),
        },
        process,
    ))
}

fn running(query: &str) -> Target {
    let host = query.rsplit_once(':').map_or(query, |(host, _)| host);
    let url = |key: &str, port| std::env::var(key).unwrap_or_else(|_| format!("{host}:{port}"));
    Target {
        name: "jaeger",
        query: query.to_owned(),
        otlp_http: url("JAEGER_OTLP_URL", 4318),
        otlp_grpc: url("JAEGER_OTLP_GRPC_URL", 4317),
    }
}

fn build() -> Result<PathBuf, String> {
    if std::env::var("TRACESTORE_TEST_JAEGER").as_deref() != Ok("1") {
        return Err("set JAEGER_URL, put jaeger on PATH, or set TRACESTORE_TEST_JAEGER=1 to build it with Go".into());
    }
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jaeger-2.13");
    if !built.exists() {
        on_path("go").ok_or("TRACESTORE_TEST_JAEGER=1 needs Go >= 1.24 on PATH")?;
        let status = Command::new("sh")
            .arg(fixture("build.sh"))
            .arg(&built)
            .stdin(Stdio::null())
            .status();
        if !status.is_ok_and(|status| status.success()) {
            return Err("tests/jaeger/build.sh failed; its output says why".into());
        }
    }
    Ok(built)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/jaeger")
        .join(name)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Ports that were free a moment ago: Jaeger cannot be asked which ones it got.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}
