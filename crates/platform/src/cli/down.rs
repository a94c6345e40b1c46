//! `down`: ask the supervisor, wait for it, look whether anything is left.

use std::process::ExitCode;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use super::{Failure, Place};
use crate::lock::{Holder, Lock};
use crate::run_dir::RunDir;
use crate::site::sweep;

/// Draining takes 10 s at most and the rest a second or two; more means that the supervisor itself hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub async fn down(place: &Place) -> Result<ExitCode, Failure> {
    if !place.dir.is_dir() {
        say!("nothing runs in {}", place.dir.display());
        return Ok(ExitCode::SUCCESS);
    }
    let run_dir = RunDir::open(&place.dir).map_err(Failure::other)?;
    let holder = |run_dir| Lock::holder(run_dir).map_err(Failure::other);
    match holder(&run_dir)? {
        Holder::Nobody => say!("nothing runs in {}", place.dir.display()),
        Holder::Process(pid) => {
            say!("stopping (process {pid})");
            send(pid, Signal::TERM)?;
            let deadline = Instant::now() + PATIENCE;
            while matches!(holder(&run_dir)?, Holder::Process(_)) {
                if Instant::now() > deadline {
                    say!("it does not stop; killing it");
                    send(pid, Signal::KILL)?;
                    break;
                }
                sleep(LOOK_EVERY).await;
            }
        }
    }
    let left = sweep(&run_dir).await;
    if !left.is_empty() {
        let text = format!("processes {left:?} do not end; look with: ps -fp PID");
        return Err(Failure::Other(text));
    }
    say!("nothing is left running");
    Ok(ExitCode::SUCCESS)
}

/// One that has just ended by itself is fine.
fn send(pid: u32, signal: Signal) -> Result<(), Failure> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    match pid.map(|pid| kill_process(pid, signal)) {
        None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => Ok(()),
        Some(Err(error)) => Err(Failure::Other(format!(
            "cannot signal the supervisor: {error}"
        ))),
    }
}
