//! Building and running the scratch copy.
//!
//! It lies in `target/teeth`. Dependencies are not compiled a second time: cargo keeps what
//! lies between source and program in the workspace's own build directory. A crate's name there
//! says how it was built and not where from, so the copy's own crates are built in a way of
//! their own ([`APART`]): else the workspace would find a variant there and take it for its
//! own. Programs go to a directory of the copy's own.

use crate::{
    child::{self, ChildError},
    difference::Overlay,
    level::Level,
    scratch::{Scratch, ScratchError},
};
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What is read of a line that cargo says of an artefact.
#[derive(Deserialize)]
struct Artefact {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Debug information in a place of its own, and that of dependencies where it always is.
const APART: [&str; 4] = [
    "--config",
    "profile.dev.split-debuginfo=\"unpacked\"",
    "--config",
    "profile.dev.package.\"*\".split-debuginfo=\"off\"",
];
/// From nothing, dependencies included, on a slow machine.
const BUILD_MOST: Duration = Duration::from_secs(3_600);

#[derive(Debug, thiserror::Error)]
pub enum WorkshopError {
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("it does not compile; what cargo said is in {}", .0.display())]
    DoesNotCompile(PathBuf),
    #[error("cargo named no test {test}; what it said is in {log}", log = log.display())]
    NoTest { test: &'static str, log: PathBuf },
}

pub struct Workshop {
    scratch: Scratch,
    /// The workspace's own target directory.
    target: PathBuf,
    pub home: PathBuf,
}

impl Workshop {
    pub fn new(root: &Path) -> Self {
        let target = root.join("target");
        let home = target.join("teeth");
        Self {
            scratch: Scratch::new(root, home.join("tree")),
            target,
            home,
        }
    }

    /// The copy becomes the workspace with these files in place of its own.
    pub fn become_with(&self, overlay: &Overlay) -> Result<(), WorkshopError> {
        Ok(self.scratch.become_with(overlay)?)
    }

    /// `--workspace` even for one program: features are then those of the whole workspace,
    /// and no dependency is compiled again for other ones.
    pub fn build(&self, name: &str, level: Level) -> Result<(), WorkshopError> {
        let log = self.log(name, "build");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(level.programs())
            .args(["--workspace", "--locked"])
            .args(APART)
            .current_dir(&self.scratch.tree)
            .env("CARGO_TARGET_DIR", self.home.join("build"))
            .env("CARGO_BUILD_BUILD_DIR", &self.target);
        for name in level.unoptimized() {
            let profile = format!("profile.dev.package.{name}");
            command.args(["--config", &format!("{profile}.opt-level=0")]);
            command.args(["--config", &format!("{profile}.debug=0")]);
        }
        let ended = child::run(&mut command, &log, BUILD_MOST)?;
        match ended.status.success() {
            true => Ok(()),
            false => Err(WorkshopError::DoesNotCompile(log)),
        }
    }

    /// One of the copy's programs, run in the workshop.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.home.join(self.programs_from_home()).join(name));
        command.current_dir(&self.home);
        command
    }

    /// A test as cargo runs it: in its package. It lies where cargo told `build`.
    pub fn test(
        &self,
        name: &str,
        package: &Path,
        test: &'static str,
    ) -> Result<Command, WorkshopError> {
        let log = self.log(name, "build");
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let executable = said.lines().find_map(|line| executable(line, test));
        let executable = executable.ok_or(WorkshopError::NoTest { test, log })?;
        let mut command = Command::new(executable);
        command.current_dir(self.scratch.tree.join(package));
        Ok(command)
    }

    pub fn programs_from_home(&self) -> PathBuf {
        PathBuf::from("build/debug")
    }

    /// Where the words of one step go.
    pub fn log(&self, name: &str, step: &str) -> PathBuf {
        self.home.join("logs").join(format!("{name}.{step}.log"))
    }
}

fn executable(line: &str, test: &str) -> Option<PathBuf> {
    let artefact: Artefact = serde_json::from_str(line).ok()?;
    let is_it = artefact.target.name == test && artefact.target.kind == ["test"];
    artefact.executable.filter(|_| is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_lies_where_cargo_says() {
        let said = r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"stores"},
                       "executable":"deps/stores-1"}"#;
        assert_eq!(executable(said, "stores"), Some("deps/stores-1".into()));
        assert_eq!(executable(said, "simulation"), None);
        assert_eq!(executable("   Compiling stores", "stores"), None);
    }
}
