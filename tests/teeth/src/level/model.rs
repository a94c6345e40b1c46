//! `model-check`, every model: it prints the violated claims of each with the story.

use super::{Finding, Level, LevelError};
use crate::{child, claims, workshop::Workshop};
use std::time::Duration;

/// All models take about a minute of one processor; a mistake may add states to any of them.
const MOST: Duration = Duration::from_secs(900);

pub fn judge(workshop: &Workshop, name: &str) -> Result<Finding, LevelError> {
    let log = workshop.log(name, "model");
    let mut command = workshop.program("model-check");
    let ended = child::run(&mut command, &log, MOST)?;
    match ended.status.code() {
        Some(0) => Ok(Finding::Held { seeds: 1 }),
        Some(1) => Ok(Finding::Violated {
            claims: violated(&ended.said),
            seeds: 1,
        }),
        _ => Err(LevelError::NoAnswer {
            program: "model-check",
            code: ended.status.to_string(),
            log,
        }),
    }
}

/// A claim stands on a line of its own, two spaces in; what was never seen, at the end of one.
fn violated(said: &str) -> Vec<String> {
    let known = claims::at(Level::Model).into_iter();
    known
        .filter(|claim| {
            let unseen = format!(" never came to see: {claim}");
            said.lines()
                .any(|line| line.strip_prefix("  ") == Some(*claim) || line.ends_with(&unseen))
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found_where_the_checker_prints_them() {
        let said = "model  10 states\n\npivot violates, after 9 steps:\n  stock is conserved\n  \
                    nothing is negative\n\n story\n\nrefusal never came to see: an order is confirmed\n";
        assert_eq!(
            violated(said),
            [
                "stock is conserved",
                "nothing is negative",
                "an order is confirmed"
            ]
        );
        assert!(violated("every claim, such as stock is conserved").is_empty());
    }
}
