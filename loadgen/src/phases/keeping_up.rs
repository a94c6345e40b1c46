//! Whether the load generator itself kept up. One that did not has measured itself.

use crate::drive::load::LATE;
use crate::tally::Load;

/// Late sends a run may have, of all. With one in twenty, the p90 is still the system's and the p99 no longer is; runs
/// on a busy machine of two cores have had three in a thousand.
const LATE_SHARE_MAX: f64 = 0.05;
/// Sends that may be missing, of all that were due. Each would have met the system at its slowest, and is in no figure:
/// up to one in a hundred, the p99 of all customers still lies among those who were sent.
const DROPPED_SHARE_MAX: f64 = 0.01;

/// Why the run is not what was intended.
pub fn doubts(load: &Load) -> impl Iterator<Item = String> {
    [late(load), dropped(load)].into_iter().flatten()
}

fn late(load: &Load) -> Option<String> {
    let bound = load.sent as f64 * LATE_SHARE_MAX;
    (load.late as f64 > bound).then(|| {
        format!(
            "the load generator did not keep up: {} of {} orders were sent more than {} ms after their time; bound: {} %",
            load.late,
            load.sent,
            LATE.as_millis(),
            LATE_SHARE_MAX * 100.0,
        )
    })
}

fn dropped(load: &Load) -> Option<String> {
    let due = load.sent + load.dropped;
    let bound = due as f64 * DROPPED_SHARE_MAX;
    (load.dropped as f64 > bound).then(|| {
        format!(
            "the load was not what was intended: {} of {due} orders were not sent, because as many were under way as --in-flight allows; bound: {} %",
            load.dropped,
            DROPPED_SHARE_MAX * 100.0,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(late: u64, dropped: u64) -> Vec<String> {
        let load = Load {
            sent: 100 - dropped,
            late,
            dropped,
            ..Load::default()
        };
        doubts(&load).collect()
    }

    #[test]
    fn a_generator_that_did_not_keep_up_is_doubted() {
        assert_eq!(of(5, 0), [""; 0]);
        let told = of(6, 0).join("\n");
        assert!(told.contains("6 of 100") && told.contains("5 %"), "{told}");
    }

    #[test]
    fn a_load_that_was_not_sent_is_doubted() {
        assert_eq!(of(0, 1), [""; 0]);
        let told = of(0, 2).join("\n");
        assert!(told.contains("2 of 100") && told.contains("1 %"), "{told}");
        assert_eq!(of(0, 100).len(), 1, "not one was sent");
    }
}
