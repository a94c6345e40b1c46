//! The binary: ready, drained by SIGTERM, and not started on a wrong configuration.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

fn binary(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracestore"));
    command
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    command
}

/// Killed when a test fails before it ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_serves_until_sigterm_and_exits_with_success() {
    let free = "127.0.0.1:0";
    let mut command = binary(&[
        ("PUBLIC_ADDR", free),
        ("ADMIN_ADDR", free),
        ("OTLP_HTTP_ADDR", free),
        ("OTLP_GRPC_ADDR", free),
        ("LOG_FORMAT", "json"),
    ]);
    let mut process = Process(command.stdout(Stdio::piped()).spawn().expect("it starts"));
    let stdout = process.0.stdout.take().expect("piped");
    let admin = tokio::task::spawn_blocking(move || admin_addr(BufReader::new(stdout)))
        .await
        .expect("a log line");

    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client");
    let get = async |path: &str| {
        client
            .get(format!("http://{admin}{path}"))
            .send()
            .await
            .expect("an answer")
    };
    let ready = async {
        while get("/readyz").await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ready)
        .await
        .expect("it becomes ready");
    let metrics = get("/metrics").await.text().await.expect("text");
    assert!(
        metrics.contains("breakwater_tracestore_memory_limit_bytes 100663296"),
        "{metrics}"
    );

    let pid = Pid::from_raw(process.0.id().cast_signed()).expect("a process id");
    kill_process(pid, Signal::TERM).expect("it runs");
    let status = tokio::task::spawn_blocking(move || process.0.wait())
        .await
        .expect("joined")
        .expect("it ends");
    assert_eq!(status.code(), Some(0));
}

/// From the line that says where the admin port is.
fn admin_addr(log: impl BufRead + Send + 'static) -> String {
    let mut lines = log.lines();
    let found = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let line: Value = serde_json::from_str(&line).ok()?;
        let fields = line.get("fields").unwrap_or(&line);
        Some(fields.get("admin_addr")?.as_str()?.to_owned())
    });
    // somebody has to read on, or the log fills its pipe
    std::thread::spawn(move || lines.for_each(drop));
    found.expect("a line with admin_addr")
}

#[test]
fn all_mistakes_of_the_configuration_are_named_at_once() {
    let output = binary(&[("MEMORY_LIMIT_MB", "1"), ("OTLP_HTTP_ADDR", "here")])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    for key in [
        "MEMORY_LIMIT_MB",
        "OTLP_HTTP_ADDR",
        "PUBLIC_ADDR",
        "ADMIN_ADDR",
    ] {
        assert!(said.contains(key), "{key} in {said}");
    }
}
