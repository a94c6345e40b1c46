//! Whether the load generator itself kept up. One that did not has measured itself.

use crate::drive::load::LATE;
use crate::tally::Load;

/// Late sends a run may have, of all. With one in twenty, the p90 is still the system's and the p99 no longer is; runs
/// on a busy machine of two cores have had three in a thousand.
const LATE_SHARE_MAX: f64 = 0.05;

/// Why the run is not what was intended.
pub fn doubt(load: &Load) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(late: u64) -> Option<String> {
        doubt(&Load {
            sent: 100,
            late,
            ..Load::default()
        })
    }

    #[test]
    fn a_generator_that_did_not_keep_up_is_doubted() {
        assert_eq!(of(5), None);
        let told = of(6).expect("a doubt");
        assert!(told.contains("6 of 100") && told.contains("5 %"), "{told}");
    }
}
