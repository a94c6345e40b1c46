//! The method: a command that breaks the system. When it exits, the system is healed.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::console::say;
use crate::folder::Folder;
use crate::view::feed::Feed;

/// Enough to write its journal.
const GOODBYE: Duration = Duration::from_secs(10);

/// What stops the method and whatever it started, however this function is left.
struct Group(Option<Pid>);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            // It may have ended meanwhile.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
    }
}

/// Why the method did not do what it should.
pub async fn run(
    command: &str,
    folder: &Folder,
    seed: u64,
    within: Duration,
    view: Option<&Feed>,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("the method could not be run: {error}");
    let log = Arc::new(Mutex::new(
        File::create(folder.method_log()).map_err(failed)?,
    ));
    let mut child: Child = Command::new("sh")
        .args(["-c", command])
        .env("RUN_DIR", folder.path())
        .env("SEED", seed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let mut group = Group(child.id().and_then(|pid| Pid::from_raw(pid.cast_signed())));
    let said = (
        child
            .stdout
            .take()
            .map(|out| tokio::spawn(echo(out, Arc::clone(&log), view.cloned()))),
        child
            .stderr
            .take()
            .map(|out| tokio::spawn(echo(out, log, view.cloned()))),
    );
    let ended = timeout(within, child.wait()).await;
    if ended.is_err() {
        group.signal(Signal::TERM);
        if timeout(GOODBYE, child.wait()).await.is_err() {
            group.signal(Signal::KILL);
        }
    }
    group.0 = None;
    for task in [said.0, said.1].into_iter().flatten() {
        // What a grandchild that keeps the pipe open says later is not waited for.
        let _ = timeout(GOODBYE, task).await;
    }
    match ended {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("the method ended with {status}; see method.log")),
        Ok(Err(error)) => Err(failed(error)),
        Err(_) => Err(format!(
            "the method was stopped after {} s",
            within.as_secs()
        )),
    }
}

async fn echo(out: impl AsyncRead + Unpin, log: Arc<Mutex<File>>, view: Option<Feed>) {
    let mut lines = BufReader::new(out).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            // The log is for people; the journal is the evidence.
            let _ = writeln!(log, "{line}");
        }
        let unseen = match &view {
            Some(view) => view.said(line),
            None => Some(line),
        };
        if let Some(line) = unseen {
            say(format_args!("method     {line}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(test: &str) -> Folder {
        let path = std::env::temp_dir()
            .join(format!("method-{}-{test}", std::process::id()))
            .join("run");
        Folder::create(&path).expect("made")
    }

    fn remove(folder: &Folder) {
        let parent = folder.path().parent().expect("has one");
        std::fs::remove_dir_all(parent).expect("removed");
    }

    #[tokio::test]
    async fn a_method_gets_the_folder_and_the_seed() {
        let folder = folder("env");
        let command = "echo seed $SEED; echo > $RUN_DIR/journal.json";
        run(command, &folder, 42, Duration::from_secs(30), None)
            .await
            .expect("ran");
        assert!(folder.journal().exists());
        assert_eq!(
            std::fs::read_to_string(folder.method_log()).expect("a log"),
            "seed 42\n"
        );
        remove(&folder);
    }

    #[tokio::test]
    async fn a_method_is_told_to_stop_when_its_run_is_dropped() {
        let folder = folder("dropped");
        let command =
            "trap 'touch $RUN_DIR/healed; exit' TERM; touch $RUN_DIR/broken; sleep 600 & wait";
        let there = async |name: &str| {
            let path = folder.path().join(name);
            let look = async {
                while !path.exists() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            let within = Duration::from_secs(60);
            timeout(within, look).await.expect("never there");
        };
        tokio::select! {
            ended = run(command, &folder, 1, Duration::from_secs(600), None) => panic!("{ended:?}"),
            () = there("broken") => {}
        }
        there("healed").await;
        remove(&folder);
    }

    #[tokio::test]
    async fn a_method_that_fails_or_hangs_is_said_so() {
        let folder = folder("fails");
        let failed = run("exit 3", &folder, 1, Duration::from_secs(30), None).await;
        assert!(failed.is_err_and(|why| why.contains('3')));
        let hung = run("sleep 600", &folder, 1, Duration::from_millis(50), None).await;
        assert!(hung.is_err_and(|why| why.contains("stopped")));
        remove(&folder);
    }
}
