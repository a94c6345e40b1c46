//! A disk that is full: said with the file, and no verdict.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::valid::ValidRun;

/// What is written to `name` does not find room.
fn fill(folder: &Path, name: &str) {
    let _ = std::fs::remove_file(folder.join(name));
    symlink("/dev/full", folder.join(name)).expect("linked");
}

fn loadgen(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadgen"));
    let command = command.args(arguments).arg(folder);
    command.output().expect("loadgen is built")
}

fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_verdict_that_cannot_be_kept_is_none() {
    for file in ["verdict.json", "verdict.junit.xml", "summary.md"] {
        let run = ValidRun::new(&format!("full-{file}"));
        run.folder.judge().expect("judged");
        fill(run.folder.path(), &format!("{file}.partial"));
        let told = told(&loadgen(&["judge"], run.folder.path()));
        assert!(
            told.contains(file) && told.contains("No space left"),
            "{told}"
        );
        assert!(!run.path("verdict.json").exists());
    }
}

#[test]
fn a_run_that_cannot_be_written_down_is_not_run() {
    let run = ValidRun::new("full-run");
    let folder = run.folder.path();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let gateway = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let _ = connection.read(&mut [0; 16_384]);
            let _ = connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
        }
    });
    let endpoints = json!({"gateway": [gateway], "prometheus": gateway, "traces": gateway,
        "rabbitmq_management": gateway});
    let secrets = json!({"databases": {}, "amqp": "amqp://nobody",
        "amqp_management": {"user": "nobody", "password": ""}});
    run.write("endpoints.json", endpoints.to_string());
    run.write("secrets.json", secrets.to_string());
    fill(folder, "run.json.partial");
    let (endpoints, secrets) = (run.path("endpoints.json"), run.path("secrets.json"));
    let [endpoints, secrets] = [&endpoints, &secrets].map(|path| path.to_str().expect("UTF-8"));
    let arguments = [
        "run",
        "--endpoints",
        endpoints,
        "--secrets",
        secrets,
        "--out",
    ];
    let told = told(&loadgen(&arguments, folder));
    assert!(told.contains("run.json: No space left"), "{told}");
}

#[test]
fn a_full_disk_under_what_is_said_changes_no_verdict() {
    let run = ValidRun::new("full-stdout");
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadgen"));
    let command = command.arg("judge").arg(run.folder.path());
    let command = command.stdout(Stdio::from(full.expect("opened")));
    assert_eq!(command.status().expect("ran").code(), Some(0));
    assert!(run.path("verdict.json").exists());
}
