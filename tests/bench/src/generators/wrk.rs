//! wrk: a closed loop in C that keeps nothing. What it reaches is about what the stub can do.

use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::stub::ORDER_ID;
use super::{Ask, Generator, Pace, Seen};
use crate::run::{BenchError, file};

/// It says what it is in a moment.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// One for each of the two cores that it shares with the stub.
const THREADS: u32 = 2;
/// Enough that the stub always has something to answer, and few enough that latency is not only queueing.
const CONNECTIONS: u32 = 64;
const SCRIPT: &str = include_str!("wrk.lua");

struct Wrk {
    version: String,
}

pub async fn find() -> Result<Box<dyn Generator>, String> {
    let asking = Command::new("wrk").arg("-v").kill_on_drop(true).output();
    let output = timeout(ANSWER_WITHIN, asking)
        .await
        .map_err(|_| "it does not say its version".to_owned())?
        .map_err(|error| format!("not on the path: {error}"))?;
    // `wrk 4.1.0 [epoll] Copyright (C) 2012 Will Glozer`, and then how to use it.
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    Ok(Box::new(Wrk {
        version: words.join(" "),
    }))
}

impl Generator for Wrk {
    fn name(&self) -> String {
        self.version.clone()
    }

    fn pace(&self) -> Pace {
        Pace::Closed
    }

    fn command(&self, ask: &Ask) -> Result<Command, BenchError> {
        let script = ask.dir.join("wrk.lua");
        std::fs::write(&script, SCRIPT).map_err(file(&script))?;
        let mut command = Command::new("wrk");
        command
            .args(["--threads", &THREADS.to_string()])
            .args(["--connections", &CONNECTIONS.to_string()])
            .args(["--duration", &format!("{}s", ask.length.as_secs())])
            .args(["--timeout", "10s", "--script"])
            .arg(script)
            .args([&ask.url, "--", ORDER_ID]);
        Ok(command)
    }

    /// The script prints its line after wrk's own words.
    fn read(&self, printed: &str) -> Option<Seen> {
        let last = printed.lines().rfind(|line| line.starts_with('{'))?;
        let summary: Value = serde_json::from_str(last).ok()?;
        let number = |name: &str| summary[name].as_f64();
        Some(Seen {
            requests: number("requests")? as u64,
            seconds: number("duration_us")? / 1e6,
            late_share: None,
            errors: number("errors")? as u64,
            p50_ms: number("p50_us")? / 1e3,
            p99_ms: number("p99_us")? / 1e3,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_last_line_is_read() {
        let printed = "Running 1s test\n  99%  5ms\n{\"requests\":300,\"duration_us\":1500000,\"errors\":0,\"p50_us\":200,\"p99_us\":900}\n";
        let wrk = Wrk {
            version: String::new(),
        };
        let seen = wrk.read(printed).expect("read");
        assert_eq!(seen.requests_per_second(), 200.0);
        assert_eq!((seen.p50_ms, seen.p99_ms), (0.2, 0.9));
        assert_eq!(wrk.read("Running 1s test\n"), None);
    }
}
