//! `run -- CMD`: a platform for the length of one command.

use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::stop_signal::StopSignals;
use super::{Failure, Run, up};
use crate::Platform;

/// Enough to write a summary down.
const COMMAND_GRACE: Duration = Duration::from_secs(5);

pub async fn run(run: Run) -> Result<ExitCode, Failure> {
    let mut signals = StopSignals::catch().map_err(Failure::other)?;
    let Some(platform) = up::start(&run.shape, &mut signals).await? else {
        return Ok(ExitCode::from(130));
    };
    let code = match spawn(&run.command, &platform) {
        Ok(mut command) => tokio::select! {
            ended = command.wait() => ended.map(code_of).map_err(Failure::other),
            signal = signals.next() => {
                end(&mut command).await;
                Ok(128 + signal)
            }
        },
        Err(error) => Err(Failure::Other(format!("{}: {error}", run.command[0]))),
    };
    up::stop(platform, &mut signals).await;
    code.map(ExitCode::from)
}

/// Bound to us as the servers are. This runs on the main thread, whose death is the process's.
fn spawn(command: &[String], platform: &Platform) -> std::io::Result<Child> {
    Command::new("/usr/bin/setpriv")
        .args(["--pdeathsig", "KILL", "--"])
        .args(command)
        .env("BREAKWATER_ENDPOINTS", platform.run_dir().endpoints())
        .kill_on_drop(true)
        .spawn()
}

async fn end(command: &mut Child) {
    let pid = command.id().and_then(|pid| i32::try_from(pid).ok());
    if let Some(pid) = pid.and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    if timeout(COMMAND_GRACE, command.wait()).await.is_err() {
        let _ = command.kill().await;
    }
}

/// As a shell says it.
fn code_of(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
