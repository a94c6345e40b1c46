//! `make demo`: the platform, the load, every service killed, and the verdict on disk.

use super::{Finding, LevelError};
use crate::{child, workshop::Workshop};
use serde::Deserialize;
use std::{path::Path, time::Duration};

const BASE_SEED: u64 = 1;
/// A demo takes two minutes, one that drains in vain four; the rest is for a busy machine.
const MOST: Duration = Duration::from_secs(900);

/// What is read of `verdict.json`.
#[derive(Deserialize)]
struct Verdict {
    claims: Vec<Claim>,
}

#[derive(Deserialize)]
struct Claim {
    id: String,
    verdict: String,
}

pub fn judge(workshop: &Workshop, name: &str, seeds: u64) -> Result<Finding, LevelError> {
    for nth in 1..=seeds {
        let claims = one(workshop, name, BASE_SEED + nth - 1)?;
        if !claims.is_empty() {
            return Ok(Finding::Violated { claims, seeds: nth });
        }
    }
    Ok(Finding::Held { seeds })
}

/// The claims that one demo violates.
fn one(workshop: &Workshop, name: &str, seed: u64) -> Result<Vec<String>, LevelError> {
    let log = workshop.log(name, &format!("run-{seed}"));
    let out = workshop.home.join("runs").join(format!("{name}-{seed}"));
    let _ = std::fs::remove_dir_all(&out);
    let dir = "platform";
    let files = [
        "--endpoints".to_owned(),
        format!("{dir}/endpoints.json"),
        "--secrets".to_owned(),
        format!("{dir}/secrets.json"),
    ];
    // Relative: the workshop is where it all runs, and a path may hold what a shell reads.
    let programs = workshop.programs_from_home();
    let program = |name: &str| format!("{}/{name}", programs.display());
    let method = format!(
        "{} apply tree/chaos/experiments/kill-each-service.yaml {}",
        program("chaos"),
        files.join(" ")
    );
    let mut command = workshop.program("platform");
    command
        .args(["run", "--dir", dir, "--", &program("loadgen"), "run"])
        .args(&files)
        .args(["--seed", &seed.to_string(), "--method", &method, "--out"])
        .arg(&out);
    let ended = child::run(&mut command, &log, MOST)?;
    let no_answer = || LevelError::NoAnswer {
        program: "platform run",
        code: ended.status.to_string(),
        log: log.clone(),
    };
    let verdict = read(&out.join("verdict.json")).ok_or_else(no_answer)?;
    let violated: Vec<String> = verdict
        .claims
        .into_iter()
        .filter(|claim| claim.verdict == "invalid")
        .map(|claim| claim.id)
        .collect();
    // Unknown is no answer: neither caught nor held.
    match (ended.status.code(), violated.is_empty()) {
        (Some(0), true) | (Some(1), false) => Ok(violated),
        _ => Err(no_answer()),
    }
}

fn read(path: &Path) -> Option<Verdict> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
