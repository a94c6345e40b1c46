//! What tests start in place of the real services, and where.
#![allow(dead_code, reason = "each test uses its part")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use platform::process::{Kind, ProcessSpec, leftovers};
use platform::services::Service;
use uuid::Uuid;

/// How long a test waits for what must happen; only a failing one ever does.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of the test's own, deleted at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("breakwater-platform-{}", Uuid::new_v4()));
        std::fs::create_dir_all(path.join("logs")).expect("a folder");
        std::fs::create_dir_all(path.join("prometheus/targets")).expect("a folder");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A service that does nothing for as long as it is let.
pub fn idle_service(name: &str) -> Service {
    Service {
        args: vec!["infinity".into()],
        admin_port: false,
        ..Service::new(name, "/bin/sleep")
    }
}

pub fn shell(name: &str, script: &str) -> ProcessSpec {
    ProcessSpec::new(name, Kind::Service, "/bin/sh", "/")
        .arg("-c")
        .arg(script)
}

/// Waits until `holds`, and says what did not if it never does.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub async fn assert_nothing_left(folder: &Path) {
    eventually("nothing of the folder runs", || {
        leftovers::of(folder).is_empty()
    })
    .await;
}
