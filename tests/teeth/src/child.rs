//! A process with a deadline. Its words go to a file, where they can be read afterwards.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use wait_timeout::ChildExt;

/// A platform stops its servers in seconds when it is asked to.
const GRACE: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    #[error("{program} could not be started: {error}")]
    Start { program: String, error: io::Error },
    #[error("{path}: {error}")]
    Log { path: PathBuf, error: io::Error },
    #[error("{program} was not done within {} s; what it said is in {log}", most.as_secs(), log = log.display())]
    TooLong {
        program: String,
        most: Duration,
        log: PathBuf,
    },
}

pub struct Ended {
    pub status: ExitStatus,
    pub said: String,
    pub took: Duration,
}

/// Runs it to its end, or ends it.
pub fn run(command: &mut Command, log: &Path, most: Duration) -> Result<Ended, ChildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let started = Instant::now();
    let mut child = start(command, log)?;
    let waited = child
        .wait_timeout(most)
        .map_err(|error| ChildError::Start {
            program: program.clone(),
            error,
        })?;
    let Some(status) = waited else {
        end(&mut child);
        return Err(ChildError::TooLong {
            program,
            most,
            log: log.to_owned(),
        });
    };
    Ok(Ended {
        status,
        said: read(log)?,
        took: started.elapsed(),
    })
}

fn start(command: &mut Command, log: &Path) -> Result<Child, ChildError> {
    let failed = |error| ChildError::Log {
        path: log.to_owned(),
        error,
    };
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = File::create(log).map_err(failed)?;
    let again = file.try_clone().map_err(failed)?;
    command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(again)
        .spawn()
        .map_err(|error| ChildError::Start {
            program: command.get_program().to_string_lossy().into_owned(),
            error,
        })
}

fn read(log: &Path) -> Result<String, ChildError> {
    let bytes = std::fs::read(log).map_err(|error| ChildError::Log {
        path: log.to_owned(),
        error,
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Asked to, then made to.
fn end(child: &mut Child) {
    if let Some(id) = rustix::process::Pid::from_raw(child.id().cast_signed()) {
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
    if matches!(child.wait_timeout(GRACE), Ok(Some(_))) {
        return;
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("teeth-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_process_is_heard_to_its_end() {
        let path = log("heard");
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let ended = run(&mut command, &path, Duration::from_secs(60)).expect("it ends");
        assert_eq!(ended.status.code(), Some(3));
        assert!(ended.said.contains("out") && ended.said.contains("err"));
        std::fs::remove_file(path).expect("was written");
    }

    #[test]
    fn a_process_that_never_ends_is_ended() {
        let path = log("endless");
        let mut command = Command::new("sleep");
        command.arg("3600");
        let ended = run(&mut command, &path, Duration::from_millis(100));
        assert!(matches!(ended, Err(ChildError::TooLong { .. })));
        std::fs::remove_file(path).expect("was written");
    }
}
