//! k6: scripts in JavaScript, and arrivals at a rate. Where there is Go but no k6, it is installed beside our programs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::{Ask, Generator, IN_FLIGHT_MAX, Pace, Seen};
use crate::run::{BenchError, file};

const VERSION: &str = "v1.8.1";
/// It and what it needs, from afar, compiled.
const INSTALL_WITHIN: Duration = Duration::from_secs(900);
/// It says what it is in a moment.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const SCRIPT: &str = include_str!("k6.js");

struct K6 {
    program: PathBuf,
    version: String,
}

pub async fn find(dir: &Path) -> Result<Box<dyn Generator>, String> {
    let installed = dir.join(format!("k6-{VERSION}")).join("k6");
    let program = match version(Path::new("k6")).await {
        Ok(_) => PathBuf::from("k6"),
        Err(_) => {
            if !installed.exists() {
                install(&installed).await?;
            }
            installed
        }
    };
    let version = version(&program).await?;
    Ok(Box::new(K6 { program, version }))
}

async fn install(program: &Path) -> Result<(), String> {
    let install = Command::new("go")
        .arg("install")
        .arg(format!("go.k6.io/k6@{VERSION}"))
        .env("GOBIN", program.parent().ok_or("no folder")?)
        .env("GOTOOLCHAIN", "local")
        .kill_on_drop(true)
        .output();
    let output = timeout(INSTALL_WITHIN, install)
        .await
        .map_err(|_| format!("`go install` took more than {} s", INSTALL_WITHIN.as_secs()))?
        .map_err(|error| format!("neither k6 nor Go is on the path: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// `k6 v1.8.1 (go1.26.8, linux/amd64)`
async fn version(program: &Path) -> Result<String, String> {
    let asking = Command::new(program)
        .arg("version")
        .kill_on_drop(true)
        .output();
    let output = timeout(ANSWER_WITHIN, asking)
        .await
        .map_err(|_| "it does not say its version".to_owned())?
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    Ok(words.join(" "))
}

impl Generator for K6 {
    fn name(&self) -> String {
        self.version.clone()
    }

    fn pace(&self) -> Pace {
        Pace::Open
    }

    fn command(&self, ask: &Ask) -> Result<Command, BenchError> {
        let script = ask.dir.join("k6.js");
        std::fs::write(&script, SCRIPT).map_err(file(&script))?;
        let mut command = Command::new(&self.program);
        command
            .args(["run", "--quiet", "--no-usage-report", "--address", ""])
            .args(["--env", &format!("URL={}", ask.url)])
            .args(["--env", &format!("RATE={:.0}", ask.orders_per_second())])
            .args(["--env", &format!("SECONDS={}", ask.length.as_secs())])
            .args(["--env", &format!("CUSTOMERS={IN_FLIGHT_MAX}")])
            .arg(script);
        Ok(command)
    }

    /// Its latency is of every request, from the moment that it was sent.
    fn read(&self, printed: &str) -> Option<Seen> {
        let metrics: Value = serde_json::from_str(printed).ok()?;
        let number = |metric: &str, value: &str| metrics[metric]["values"][value].as_f64();
        let ended = number("iterations", "count").unwrap_or(0.0);
        let dropped = number("dropped_iterations", "count").unwrap_or(0.0);
        let requests = number("http_reqs", "count")?;
        Some(Seen {
            requests: requests as u64,
            // Its rate is over the time that the load took.
            seconds: requests / number("http_reqs", "rate")?,
            late_share: Some(dropped / (ended + dropped).max(1.0)),
            // Of this metric, k6 counts as passes the requests of which it is true that they failed.
            errors: number("http_req_failed", "passes").unwrap_or(0.0) as u64,
            p50_ms: number("http_req_duration", "p(50)")?,
            p99_ms: number("http_req_duration", "p(99)")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn its_summary_is_read() {
        let printed = json!({
            "http_reqs": {"values": {"count": 180, "rate": 18.0}},
            "iterations": {"values": {"count": 90, "rate": 9.0}},
            "dropped_iterations": {"values": {"count": 10, "rate": 1.0}},
            "http_req_failed": {"values": {"rate": 0.0, "passes": 0, "fails": 180}},
            "http_req_duration": {"values": {"p(50)": 0.5, "p(99)": 2.0}},
        });
        let k6 = K6 {
            program: PathBuf::new(),
            version: String::new(),
        };
        let seen = k6.read(&printed.to_string()).expect("read");
        assert_eq!((seen.requests, seen.seconds, seen.errors), (180, 10.0, 0));
        assert_eq!(seen.late_share, Some(0.1));
        assert_eq!(k6.read("what is this"), None);
    }
}
