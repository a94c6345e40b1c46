//! Looking, and doing what was decided.

use std::process::{Command, Stdio};

use super::decision::{Decision, Found, Means, decide, missing};
use crate::config::Progress;
use crate::servers::{on_path, postgres_installed, rabbitmq_installed};

#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error("{0}")]
    NotAllowed(String),
    #[error("installing {packages} failed ({how}); the output above says why")]
    Failed { packages: String, how: String },
}

/// Everything needed is installed when this returns. What it installs it names first.
pub fn ensure(progress: &Progress) -> Result<(), InstallError> {
    let lacking = missing(look());
    if lacking.is_empty() {
        return Ok(());
    }
    match decide(&lacking, means()) {
        Decision::Nothing => Ok(()),
        Decision::Explain(text) => Err(InstallError::NotAllowed(text)),
        Decision::Install {
            packages,
            with,
            script,
        } => {
            let packages = packages.join(" ");
            progress.tell(&format!(
                "installing from the distribution: {packages} (their system services are not started)"
            ));
            run(with, &script).map_err(|how| InstallError::Failed {
                packages: packages.clone(),
                how,
            })?;
            let still = missing(look()).join(" ");
            if still.is_empty() {
                return Ok(());
            }
            Err(InstallError::Failed {
                packages: still,
                how: "installed, but the programs are not where they belong".to_owned(),
            })
        }
    }
}

fn look() -> Found {
    Found {
        rabbitmq: rabbitmq_installed(),
        postgres: postgres_installed(),
        prometheus: on_path("prometheus").is_some(),
        setpriv: on_path("setpriv").is_some(),
    }
}

fn means() -> Means {
    if on_path("apt-get").is_none() {
        Means::NoApt
    } else if rustix::process::geteuid().is_root() {
        Means::Root
    } else if quiet("sudo", &["-n", "true"]) {
        Means::Sudo
    } else {
        Means::NoRight
    }
}

fn quiet(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn run(with: &[&str], script: &str) -> Result<(), String> {
    let words: Vec<&str> = with
        .iter()
        .copied()
        .chain(["/bin/sh", "-c", script])
        .collect();
    let status = Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string())
    }
}
