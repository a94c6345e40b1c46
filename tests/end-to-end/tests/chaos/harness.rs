//! `chaos` as a person runs it, and its agent as the harness asks it.

use end_to_end::{System, eventually, system::send};
use platform::config::sibling_programs;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::{Output, Stdio},
};
use tokio::process::{Child, Command};

pub struct Harness<'a> {
    pub system: &'a System,
    folder: PathBuf,
}

/// A hypothesis that holds as long as somebody serves.
pub const STEADY: &str = "
steady-state-hypothesis:
  title: The way in is open
  probes:
    - name: gateways that are ready
      provider: {type: process, name: gateway}
      tolerance: {type: range, range: [1, 16]}
";

impl<'a> Harness<'a> {
    pub fn new(system: &'a System, test: &str) -> Self {
        let folder = system.known.dir.join("experiments").join(test);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self { system, folder }
    }

    /// A file with this method, which must be indented as a list.
    pub fn experiment(&self, name: &str, title: &str, hypothesis: &str, method: &str) -> PathBuf {
        let path = self.folder.join(format!("{name}.yaml"));
        let text =
            format!("title: {title}\ndescription: a test\n{hypothesis}\nmethod:\n{method}\n");
        std::fs::write(&path, text).expect("written");
        path
    }

    pub fn journal_path(&self) -> PathBuf {
        self.folder.join("journal.json")
    }

    pub fn journal(&self) -> Value {
        let text = std::fs::read_to_string(self.journal_path()).expect("a journal");
        serde_json::from_str(&text).expect("JSON")
    }

    pub fn command(&self, verb: &str) -> Command {
        let dir = &self.system.known.dir;
        let programs = sibling_programs().expect("the folder of this test");
        let mut command = Command::new(programs.join("chaos"));
        command
            .arg(verb)
            .arg("--endpoints")
            .arg(dir.join("endpoints.json"))
            .arg("--secrets")
            .arg(dir.join("secrets.json"))
            .env("RUN_DIR", &self.folder)
            .kill_on_drop(true);
        command
    }

    pub async fn apply(&self, file: &PathBuf) -> Output {
        let mut command = self.command("apply");
        command.arg(file).output().await.expect("chaos is built")
    }

    pub fn begin(&self, file: &PathBuf) -> Child {
        self.spawn(file, Stdio::null)
    }

    /// The same, and what it says is kept.
    pub fn begin_aloud(&self, file: &PathBuf) -> Child {
        self.spawn(file, Stdio::piped)
    }

    fn spawn(&self, file: &PathBuf, output: fn() -> Stdio) -> Child {
        let mut command = self.command("apply");
        command.arg(file).stdout(output()).stderr(output());
        command.spawn().expect("chaos is built")
    }

    pub async fn state(&self) -> Value {
        let known = self.system.known;
        let (url, token) = known
            .endpoints
            .chaos
            .as_ref()
            .zip(known.secrets.chaos_token.as_ref())
            .expect("the platform has an agent");
        let request = self
            .system
            .client()
            .request(Method::GET, format!("{url}/state"));
        send(request.bearer_auth(token)).await.body
    }

    /// Waits until so many faults are in force.
    pub async fn in_force(&self, count: usize) -> Value {
        let mut seen = json!(null);
        eventually(&format!("{count} faults are in force"), async || {
            seen = self.state().await;
            let faults = seen["faults"].as_array()?;
            let active = faults.iter().filter(|fault| fault["is_over"] == false);
            (active.count() == count).then_some(())
        })
        .await;
        seen
    }

    /// Waits until the agent holds nothing.
    pub async fn healed(&self) {
        eventually("the agent holds nothing", async || {
            self.state().await["experiment"].is_null().then_some(())
        })
        .await;
    }
}

pub fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// Every fault there is, as a person is told.
pub async fn list() -> String {
    let programs = sibling_programs().expect("the folder of this test");
    let mut command = Command::new(programs.join("chaos"));
    let output = command.arg("list").output().await.expect("chaos is built");
    String::from_utf8(output.stdout).expect("text")
}
