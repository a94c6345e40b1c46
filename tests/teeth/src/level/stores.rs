//! The suites of `tests/stores`: the production SQL on a real PostgreSQL.

use super::{Finding, LevelError};
use crate::{child, workshop::Workshop};
use std::{ffi::OsStr, path::Path, time::Duration};

/// All suites take two minutes. A statement that waits in vain waits for its timeout, and
/// in a suite many do.
const MOST: Duration = Duration::from_secs(900);
/// So that the same cases are drawn for each variant, and for the healthy copy.
const SEED: &str = "1";
/// A case that failed is not made smaller for a reader who does not come.
const SHRINK_MS: &str = "1";

/// The suites' tests: a claim is the name of one. `cargo test` holds the list against them.
pub const TESTS: [&str; 18] = [
    "a_cut_batch_of_inventory_is_all_or_nothing",
    "a_cut_batch_of_orders_is_all_or_nothing",
    "a_cut_batch_of_payments_is_all_or_nothing",
    "a_cut_batch_of_shipping_is_all_or_nothing",
    "a_cut_batch_of_the_orchestrator_is_all_or_nothing",
    "instances_of_inventory_wait_for_each_other_as_simulated",
    "instances_of_orders_wait_for_each_other_as_simulated",
    "instances_of_payments_wait_for_each_other_as_simulated",
    "instances_of_shipping_wait_for_each_other_as_simulated",
    "instances_of_the_orchestrator_wait_for_each_other_as_simulated",
    "inventory_is_kept_alike_by_every_store",
    "money_adds_up_after_anything",
    "orders_are_kept_alike_by_every_store",
    "payments_are_kept_alike_by_every_store",
    "relays_that_race_and_die_publish_every_row_and_share_none",
    "sagas_are_kept_alike_by_every_store",
    "shipments_are_kept_alike_by_every_store",
    "stock_adds_up_after_anything",
];

/// The named test first, which takes seconds; all of them only if it holds, or if none is named.
pub fn judge(workshop: &Workshop, name: &str, claim: Option<&str>) -> Result<Finding, LevelError> {
    if let Some(claim) = claim {
        let finding = run(workshop, name, Some(claim))?;
        if matches!(finding, Finding::Violated { .. }) {
            return Ok(finding);
        }
    }
    run(workshop, name, None)
}

/// One test, or all of them.
fn run(workshop: &Workshop, name: &str, test: Option<&str>) -> Result<Finding, LevelError> {
    let log = workshop.log(name, "stores");
    let no_answer = |code: String| LevelError::NoAnswer {
        program: "the suites of tests/stores",
        code,
        log: log.clone(),
    };
    let mut command = workshop.test(name, Path::new("tests/stores"), "stores")?;
    command
        .args(test.map(OsStr::new))
        .env("PROPTEST_RNG_SEED", SEED)
        .env("PROPTEST_MAX_SHRINK_TIME", SHRINK_MS);
    let ended = child::run(&mut command, &log, MOST)?;
    let asked = test.map_or(TESTS.len(), |_| 1);
    let claims = violated(&ended.said);
    match (ended.status.code(), claims.is_empty()) {
        (Some(0), true) if passed(&ended.said) == Some(asked) => Ok(Finding::Held { seeds: 1 }),
        (Some(101), false) => Ok(Finding::Violated { claims, seeds: 1 }),
        _ => Err(no_answer(ended.status.to_string())),
    }
}

/// Four spaces in, with its module, in the list of failures at the end.
fn violated(said: &str) -> Vec<String> {
    let known = TESTS.into_iter().filter(|test| {
        let ending = format!("::{test}");
        said.lines()
            .any(|line| line.starts_with("    ") && line.ends_with(&ending))
    });
    known.map(str::to_owned).collect()
}

/// `test result: ok. 18 passed; 0 failed; ...`
fn passed(said: &str) -> Option<usize> {
    let mut lines = said.lines();
    let counted = lines.find_map(|line| line.strip_prefix("test result: ok. "))?;
    counted.split_once(" passed;")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_failed_are_found_in_the_list_at_the_end() {
        let said = "running 2 tests\n\
                    test ledgers::stock_adds_up_after_anything ... ok\n\
                    test ledgers::money_adds_up_after_anything ... FAILED\n\n\
                    failures:\n    ledgers::money_adds_up_after_anything\n\n\
                    test result: FAILED. 1 passed; 1 failed; 0 ignored;\n";
        assert_eq!(violated(said), ["money_adds_up_after_anything"]);
        assert_eq!(passed(said), None);
    }

    #[test]
    fn tests_that_passed_are_counted() {
        let said = "test result: ok. 18 passed; 0 failed; 0 ignored; 0 measured;\n";
        assert_eq!(passed(said), Some(18));
        assert!(violated(said).is_empty());
    }
}
