//! A process to its end: what it printed, the processor time that it used, the most memory that it held.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use crate::machine::field_kib;
use crate::run::BenchError;
use crate::system::processor;

/// The kernel keeps the peak; only what comes after the last look is missed.
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Clone, Debug)]
pub struct Ended {
    pub printed: String,
    pub used_ms: u64,
    pub peak_kib: u64,
}

/// This program, to be started once more as something else.
pub fn ourselves() -> Result<PathBuf, BenchError> {
    std::env::current_exe()
        .map_err(|error| BenchError::Process("this program".into(), error.to_string()))
}

/// Only one at a time: the kernel adds up the times of children that ended.
pub async fn run(name: &str, command: Command, within: Duration) -> Result<Ended, BenchError> {
    let failed = |why: String| BenchError::Process(name.to_owned(), why);
    match timeout(within, to_its_end(command)).await {
        Ok(ended) => ended.map_err(failed),
        Err(_) => Err(failed(format!("not over after {} s", within.as_secs()))),
    }
}

async fn to_its_end(mut command: Command) -> Result<Ended, String> {
    let used_before_ms = processor::of_ended_children();
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let pid = process.id().ok_or("it has ended already")?;
    let (mut out, mut err) = (process.stdout.take(), process.stderr.take());
    let (mut printed, mut complaint) = (String::new(), String::new());
    let mut peak_kib = 0;
    let looking = async {
        let mut looks = interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
            peak_kib = peak_kib.max(field_kib(&status.unwrap_or_default(), "VmHWM:"));
        }
    };
    let ending = async {
        if let (Some(out), Some(err)) = (&mut out, &mut err) {
            let reading = (
                out.read_to_string(&mut printed),
                err.read_to_string(&mut complaint),
            );
            let (printed, complaint) = tokio::join!(reading.0, reading.1);
            printed.and(complaint)?;
        }
        process.wait().await
    };
    let status = tokio::select! {
        status = ending => status.map_err(|error| error.to_string())?,
        () = looking => return Err("nobody looks any more".into()),
    };
    if !status.success() {
        return Err(format!("{status}: {}", complaint.trim()));
    }
    Ok(Ended {
        printed,
        used_ms: processor::of_ended_children().saturating_sub(used_before_ms),
        peak_kib,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn what_a_process_printed_is_kept_and_its_complaint_when_it_fails() {
        let ended = run("sh", shell("echo said"), SOON).await.expect("it ends");
        assert_eq!(ended.printed, "said\n");
        let failed = run("sh", shell("echo sorry >&2; exit 3"), SOON).await;
        let why = failed.expect_err("it fails").to_string();
        assert!(why.contains("sorry") && why.contains('3'), "{why}");
    }
}
