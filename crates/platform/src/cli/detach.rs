//! `up --detach`: the same program again in a session of its own, watched until it is ready.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use super::Failure;
use crate::lock::{Holder, Lock};
use crate::run_dir::{RunDir, SUPERVISOR_LOG};
use crate::start::StartError;

/// How often its log is looked at: often enough to read along.
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub async fn detach(dir: &Path) -> Result<ExitCode, Failure> {
    let run_dir = RunDir::open(dir).map_err(Failure::other)?;
    // Before the log of the one that runs is cut.
    if let Holder::Process(pid) = Lock::holder(&run_dir).map_err(Failure::other)? {
        return Err(StartError::Running(pid).into());
    }
    let log_path = run_dir.logs().join(SUPERVISOR_LOG);
    let log = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(&log_path)
        .map_err(Failure::other)?;
    let arguments = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--detach");
    let mut supervisor = Command::new(std::env::current_exe().map_err(Failure::other)?)
        .args(arguments)
        .arg("--own-session")
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(Failure::other)?)
        .stderr(log)
        .spawn()
        .map_err(Failure::other)?;
    let mut reader = std::fs::File::open(&log_path).map_err(Failure::other)?;
    loop {
        // The state first, then the log: so that the last lines are printed, too.
        let ended = supervisor.try_wait().map_err(Failure::other)?;
        let ready = run_dir.endpoints().exists()
            && matches!(Lock::holder(&run_dir), Ok(Holder::Process(pid)) if pid == supervisor.id());
        let mut text = String::new();
        let _ = reader.read_to_string(&mut text);
        let mut terminal = std::io::stdout();
        let _ = terminal
            .write_all(text.as_bytes())
            .and_then(|()| terminal.flush());
        if let Some(status) = ended {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(ExitCode::from(code.unwrap_or(1).max(1)));
        }
        if ready {
            say!(
                "runs in the background (process {}); platform down ends it",
                supervisor.id()
            );
            return Ok(ExitCode::SUCCESS);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
