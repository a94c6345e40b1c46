//! The longest of a run's recoveries.

use super::{Recovery, of_each};
use crate::findings::Findings;
use crate::findings::faults::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slowest {
    NoFault,
    /// Of faults that cannot be told apart it is that from the end of the first of them.
    After {
        ms: u64,
        /// Faults that began in that time.
        faults_within: usize,
    },
    NotSeen,
}

/// With what the run itself measured after the last fault, which it sees more closely.
pub fn slowest(findings: &Findings) -> Slowest {
    let recoveries = of_each(findings);
    slowest_of(
        findings.faults(),
        &recoveries,
        findings.files.record.recovery_ms,
    )
}

fn slowest_of(faults: &[Fault], recoveries: &[Recovery], measured_ms: Option<u64>) -> Slowest {
    if recoveries.is_empty() {
        return Slowest::NoFault;
    }
    let mut slowest = (measured_ms.unwrap_or(0), 0);
    for (fault, recovery) in faults.iter().zip(recoveries) {
        slowest = slowest.max(match recovery {
            Recovery::After { ms } => (*ms, 0),
            Recovery::Overtaken { ms: Some(ms), .. } => (*ms, begun_within(faults, fault, *ms)),
            Recovery::Overtaken { ms: None, .. } | Recovery::NotSeen => return Slowest::NotSeen,
        });
    }
    let (ms, faults_within) = slowest;
    Slowest::After { ms, faults_within }
}

/// How many began in the time after a fault.
fn begun_within(faults: &[Fault], after: &Fault, ms: u64) -> usize {
    let time = after.ended_ms..after.ended_ms.saturating_add(ms);
    let began = |fault: &&Fault| fault.number > after.number && time.contains(&fault.began_ms);
    faults.iter().filter(began).count()
}

#[cfg(test)]
mod tests {
    use super::super::of;
    use super::super::tests::{backlog, faults};
    use super::*;
    use crate::findings::window::Window;

    #[test]
    fn the_slowest_recovery_of_faults_not_told_apart_is_from_the_end_of_the_first() {
        // Looked at from 500 ms on: as usual again at 8.5 s, when the second ends.
        let window = Window {
            from_ms: 500,
            to_ms: 30_000,
        };
        let faults = faults(&[(5_000, 6_500), (8_000, 8_500), (20_000, 20_500)]);
        let recoveries = of(&window, None, &backlog(5_500, 8_200), &faults);
        let expected = Slowest::After {
            ms: 2_000,
            faults_within: 1,
        };
        assert_eq!(slowest_of(&faults, &recoveries, Some(0)), expected);
        let for_ever = of(&window, None, &backlog(5_500, 60_000), &faults);
        assert_eq!(slowest_of(&faults, &for_ever, None), Slowest::NotSeen);
    }
}
