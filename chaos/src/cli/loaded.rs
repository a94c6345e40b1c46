//! An experiment under its load. The load generator is the frame: it loads, lets `chaos apply` break the system, waits,
//! and judges.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use chaos::agent::client::Agent;
use chaos::experiment::{Span, Workload};
use futures::FutureExt;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::{Stop, UNKNOWN, Where};

/// The load generator ends at once; its method may wait for the broker's or the database's word while it heals.
const GOODBYE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(100);

pub struct Loaded<'a> {
    pub path: &'a Path,
    pub load: &'a Workload,
    pub recovery: Span,
    pub seed: u64,
    pub folder: &'a Path,
    pub place: &'a Where,
}

impl Loaded<'_> {
    /// The load generator's exit code. Nothing of it goes on when this returns.
    pub async fn run(&self, agent: &Agent, stop: Stop) -> Result<u8, Box<dyn std::error::Error>> {
        let mut child = self.begin()?;
        let ended = tokio::select! {
            ended = child.wait() => ended?.code(),
            () = stop.clone() => {
                goodbye(&mut child).await?;
                None
            }
        };
        // On a terminal the load generator hears Ctrl-C as well, and may have ended before us.
        if stop.now_or_never().is_some() {
            self.healed(agent).await;
            return Ok(UNKNOWN);
        }
        let code = ended.and_then(|code| u8::try_from(code).ok());
        Ok(code.unwrap_or(UNKNOWN))
    }

    fn begin(&self) -> Result<Child, Box<dyn std::error::Error>> {
        let ourselves = std::env::current_exe()?;
        let loadgen = ourselves.with_file_name("loadgen");
        let Where { endpoints, secrets } = self.place;
        let method = format!(
            "{} apply {} --endpoints {} --secrets {}",
            quoted(&ourselves),
            quoted(self.path),
            quoted(endpoints),
            quoted(secrets)
        );
        let mut command = Command::new(&loadgen);
        command
            .arg("run")
            .arg("--endpoints")
            .arg(endpoints)
            .arg("--secrets")
            .arg(secrets)
            .arg("--out")
            .arg(self.folder)
            .args(["--seed", &self.seed.to_string()])
            .args(["--rate", &self.load.rate.to_string()])
            .args(["--baseline", &self.load.baseline.to_string()])
            .args(["--duration", &self.load.duration.to_string()])
            .args(["--recovery", &self.recovery.to_string()])
            .args(["--method-timeout", "60m"])
            .args(["--method", &method])
            .stdin(Stdio::null());
        let child = command.spawn().map_err(|error| {
            format!(
                "{}: {error}. Build it: cargo build --workspace --bins",
                loadgen.display()
            )
        })?;
        Ok(child)
    }

    /// The load generator has told its method to stop, and did not wait for it. What it does not heal in time is healed
    /// for it.
    async fn healed(&self, agent: &Agent) {
        let healing = async {
            let is_held =
                async || matches!(agent.state().await, Ok(now) if now.experiment.is_some());
            while is_held().await || self.is_being_written() {
                sleep(LOOK_EVERY).await;
            }
        };
        if timeout(GOODBYE, healing).await.is_err() {
            // Without an answer the agent heals by itself when the heartbeat stays away.
            let _ = agent.heal().await;
        }
    }

    fn is_being_written(&self) -> bool {
        let text = std::fs::read_to_string(self.folder.join("journal.json"));
        let journal: serde_json::Value =
            serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default();
        journal["status"] == "running"
    }
}

/// Asked to leave, and made to.
async fn goodbye(child: &mut Child) -> std::io::Result<()> {
    let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    if let Some(pid) = pid {
        // It may have ended in this moment.
        let _ = kill_process(pid, Signal::INT);
    }
    if timeout(GOODBYE, child.wait()).await.is_err() {
        child.kill().await?;
    }
    Ok(())
}

/// As a shell takes it for one word.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
