//! `simulate`, from seed 1 on until one fails by the claim that is asked for.

use super::{Finding, LevelError};
use crate::{child, workshop::Workshop};
use std::time::Duration;

const BASE_SEED: u64 = 1;
/// A thousand worlds take two minutes of two processors. A variant that goes in circles is
/// slower in each of them, and a machine that does other work is slower in all.
const MOST: Duration = Duration::from_secs(1_200);

pub fn judge(
    workshop: &Workshop,
    name: &str,
    seeds: u64,
    claim: Option<&str>,
) -> Result<Finding, LevelError> {
    let log = workshop.log(name, "simulation");
    let mut command = workshop.program("simulate");
    command
        .args(["--runs", &seeds.to_string()])
        .args(["--base-seed", &BASE_SEED.to_string()])
        .args(["--jobs", "2", "--as-found"]);
    if let Some(claim) = claim {
        command.args(["--until", claim]);
    }
    let ended = child::run(&mut command, &log, MOST)?;
    match (ended.status.code(), failure(&ended.said, claim)) {
        (Some(0), None) => Ok(Finding::Held { seeds }),
        (Some(1), Some((seed, claims))) => Ok(Finding::Violated {
            claims,
            seeds: seed - BASE_SEED + 1,
        }),
        _ => Err(LevelError::NoAnswer {
            program: "simulate",
            code: ended.status.to_string(),
            log,
        }),
    }
}

/// `seed 7 fails I5, I12`: the first of the claim, or else the first of any.
fn failure(said: &str, claim: Option<&str>) -> Option<(u64, Vec<String>)> {
    let failures = said.lines().filter_map(|line| {
        let (seed, claims) = line.strip_prefix("seed ")?.split_once(" fails ")?;
        let claims: Vec<String> = claims.split(", ").map(str::to_owned).collect();
        Some((seed.parse().ok().filter(|seed| *seed >= BASE_SEED)?, claims))
    });
    let is_other = |claims: &[String]| !claims.iter().any(|one| Some(one.as_str()) == claim);
    failures.min_by_key(|(seed, claims)| (is_other(claims), *seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_seed_that_failed_by_the_claim_is_told_or_else_the_lowest() {
        let said = "base seed 1\nseed 9 fails I12\nseed 7 fails I5, S1\n";
        let claims = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        assert_eq!(failure(said, None), Some((7, claims(&["I5", "S1"]))));
        assert_eq!(failure(said, Some("S1")), Some((7, claims(&["I5", "S1"]))));
        assert_eq!(failure(said, Some("I12")), Some((9, claims(&["I12"]))));
        assert_eq!(failure(said, Some("I1")), Some((7, claims(&["I5", "S1"]))));
        assert_eq!(failure("200 runs\n", None), None);
    }
}
