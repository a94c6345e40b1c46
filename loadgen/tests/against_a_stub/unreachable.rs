//! Without a system there is no run: a clear word, and exit code 2.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::stub::Gateway;
use serde_json::json;

/// A folder with the files of a platform, of which only a gateway may be there.
pub struct Site(PathBuf);

impl Site {
    pub fn with(test: &str, gateway: &str) -> Self {
        let path = std::env::temp_dir().join(format!("site-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).expect("made");
        let endpoints = json!({"gateway": [gateway], "prometheus": gateway, "traces": gateway,
            "rabbitmq_management": gateway});
        let secrets = json!({"databases": {}, "amqp": "amqp://nobody",
            "amqp_management": {"user": "nobody", "password": ""}});
        for (name, value) in [("endpoints.json", endpoints), ("secrets.json", secrets)] {
            std::fs::write(path.join(name), value.to_string()).expect("written");
        }
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        // Whoever runs the tests may have them ignore Ctrl-C and the end of the session: `nohup`, or a job of a script.
        let mut command = Command::new("env");
        command.args([
            "--default-signal=INT,TERM,HUP",
            env!("CARGO_BIN_EXE_loadgen"),
        ]);
        let files = ["--endpoints", "endpoints.json", "--secrets", "secrets.json"];
        command.args(arguments).args(files).current_dir(&self.0);
        command
    }

    fn loadgen(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output();
        output.expect("loadgen is built")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_gateway_that_is_down_from_the_start_is_named() {
    let nobody = Gateway::nobody().await;
    let site = Site::with("down", &nobody);
    let told = told(&site.loadgen(&["run", "smoke"]));
    assert!(
        told.contains(&format!("nobody listens at {nobody}")),
        "{told}"
    );
    assert!(told.contains("make up"), "{told}");
    assert!(!site.0.join("runs").exists(), "nothing was run");
}

#[test]
fn a_workload_that_is_wrong_is_told_before_anything_is_sent() {
    let site = Site::with("wrong", "http://127.0.0.1:9");
    std::fs::write(site.0.join("mine.yaml"), "titel: mine\n").expect("written");
    let wrong = told(&site.loadgen(&["run", "mine.yaml"]));
    assert!(
        wrong.contains("mine.yaml:1:1: titel: unknown key; did you mean `title`?"),
        "{wrong}"
    );
    let unknown = told(&site.loadgen(&["run", "somke"]));
    assert!(unknown.contains("did you mean `smoke`?"), "{unknown}");
}

#[test]
fn a_folder_that_is_no_run_cannot_be_replayed() {
    let site = Site::with("replay", "http://127.0.0.1:9");
    let told = told(&site.loadgen(&["replay", "."]));
    assert!(
        told.contains("run.json") && told.contains("A replay needs a run's folder"),
        "{told}"
    );
}
