//! A gateway that does nothing: every order is accepted, and has been confirmed when it is asked for. What is measured
//! against it is the generator.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Router, serve};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::process::ourselves;
use crate::run::BenchError;
use crate::system::processor;

/// One order is as good as another.
pub const ORDER_ID: &str = "00000000-0000-4000-8000-000000000001";
const PLACED: &str = r#"{"order_id":"00000000-0000-4000-8000-000000000001","status":"placed","version":1,"coordination":"choreography"}"#;
const CONFIRMED: &str = r#"{"order_id":"00000000-0000-4000-8000-000000000001","status":"confirmed","version":7,"coordination":"choreography"}"#;
/// It has a port to bind.
const START: Duration = Duration::from_secs(10);

const JSON: (HeaderName, HeaderValue) =
    (CONTENT_TYPE, HeaderValue::from_static("application/json"));
const TOKEN: HeaderName = HeaderName::from_static("consistency-token");

/// Until whoever started it ends it.
pub async fn serve_until_killed() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/orders", post(place))
        .route("/orders/{id}", get(read));
    serve(listener, router).await
}

async fn place(_: Bytes) -> impl IntoResponse {
    let token = (TOKEN, HeaderValue::from_static("1"));
    (StatusCode::ACCEPTED, [JSON, token], PLACED)
}

async fn read() -> impl IntoResponse {
    let token = (TOKEN, HeaderValue::from_static("7"));
    (StatusCode::OK, [JSON, token], CONFIRMED)
}

/// Ended when it is dropped.
pub struct Stub {
    process: Child,
    pub url: String,
}

impl Stub {
    pub async fn start() -> Result<Self, BenchError> {
        let failed = |why: String| BenchError::Process("the stub".into(), why);
        let mut process = Command::new(ourselves()?)
            .arg("stub")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let output = process
            .stdout
            .take()
            .ok_or_else(|| failed("no output".into()))?;
        let mut lines = BufReader::new(output).lines();
        match timeout(START, lines.next_line()).await {
            Ok(Ok(Some(url))) => Ok(Self { process, url }),
            said => Err(failed(format!("it does not listen: {said:?}"))),
        }
    }

    /// Processor time since it started.
    pub fn used_ms(&self) -> u64 {
        self.process.id().map_or(0, processor::with_descendants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn it_answers_with_orders() {
        for (body, status) in [(PLACED, "placed"), (CONFIRMED, "confirmed")] {
            let order: Value = serde_json::from_str(body).expect("JSON");
            assert_eq!(order["status"], status);
            assert_eq!(order["order_id"], ORDER_ID);
        }
    }
}
