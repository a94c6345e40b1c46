//! `chaos run`: the platform, the load, an experiment, and the verdict on disk.

use super::{Finding, LevelError, Question};
use crate::{child, workshop::Workshop};
use serde::Deserialize;
use std::{path::Path, time::Duration};

const BASE_SEED: u64 = 1;
/// An experiment takes two minutes, one that drains in vain four; the rest is for a busy machine.
const MOST: Duration = Duration::from_secs(900);
/// Where the platform is, from the workshop.
const DIR: &str = "platform";

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

pub fn judge(workshop: &Workshop, name: &str, question: Question) -> Result<Finding, LevelError> {
    let seeds = question.seeds;
    for nth in 1..=seeds {
        for experiment in question.experiments {
            let claims = one(workshop, name, experiment, BASE_SEED + nth - 1)?;
            if !claims.is_empty() {
                return Ok(Finding::Violated { claims, seeds: nth });
            }
        }
    }
    Ok(Finding::Held { seeds })
}

/// The claims that one run violates.
fn one(
    workshop: &Workshop,
    name: &str,
    experiment: &str,
    seed: u64,
) -> Result<Vec<String>, LevelError> {
    let run = format!("{name}-{experiment}-{seed}");
    let log = workshop.log(name, &format!("{experiment}-{seed}"));
    let out = workshop.home.join("runs").join(run);
    let _ = std::fs::remove_dir_all(&out);
    // Relative: the workshop is where it all runs.
    let chaos = workshop.programs_from_home().join("chaos");
    let mut command = workshop.program("platform");
    command
        .args(["run", "--links", "--dir", DIR, "--"])
        .arg(chaos)
        .args(["run", &format!("tree/chaos/experiments/{experiment}.yaml")])
        .args(["--endpoints", &format!("{DIR}/endpoints.json")])
        .args(["--secrets", &format!("{DIR}/secrets.json")])
        .args(["--seed", &seed.to_string(), "--out"])
        .arg(&out);
    let ended = child::run(&mut command, &log, MOST)?;
    let no_answer = || LevelError::NoAnswer {
        program: "platform run",
        code: ended.status.to_string(),
        log: log.clone(),
    };
    let verdict = read(&out).ok_or_else(no_answer)?;
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

/// Of the only run that was left there.
fn read(out: &Path) -> Option<Verdict> {
    let folders = std::fs::read_dir(out).ok()?.flatten();
    let mut verdicts = folders
        .filter(|folder| folder.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|folder| folder.path().join("verdict.json"));
    serde_json::from_slice(&std::fs::read(verdicts.next()?).ok()?).ok()
}
