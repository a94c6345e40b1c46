//! `simulate`, from seed 1 on until one fails.

use super::{Finding, LevelError};
use crate::{child, workshop::Workshop};
use std::time::Duration;

const BASE_SEED: u64 = 1;
/// A thousand worlds take two minutes of two processors. A variant that goes in circles is
/// slower in each of them, and a machine that does other work is slower in all.
const MOST: Duration = Duration::from_secs(1_200);

pub fn judge(workshop: &Workshop, name: &str, seeds: u64) -> Result<Finding, LevelError> {
    let log = workshop.log(name, "simulation");
    let mut command = workshop.program("simulate");
    command
        .args(["--runs", &seeds.to_string()])
        .args(["--base-seed", &BASE_SEED.to_string()])
        .args(["--jobs", "2", "--as-found"]);
    let ended = child::run(&mut command, &log, MOST)?;
    match (ended.status.code(), first_failure(&ended.said)) {
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

/// `seed 7 fails I5, I12`
fn first_failure(said: &str) -> Option<(u64, Vec<String>)> {
    let failures = said.lines().filter_map(|line| {
        let (seed, claims) = line.strip_prefix("seed ")?.split_once(" fails ")?;
        let claims = claims.split(", ").map(str::to_owned).collect();
        Some((seed.parse().ok().filter(|seed| *seed >= BASE_SEED)?, claims))
    });
    failures.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_seed_that_failed_is_told_with_its_claims() {
        let said = "base seed 1\nseed 9 fails I12\nseed 7 fails I5, S1\n";
        let claims = vec!["I5".to_owned(), "S1".to_owned()];
        assert_eq!(first_failure(said), Some((7, claims)));
        assert_eq!(first_failure("200 runs\n"), None);
    }
}
