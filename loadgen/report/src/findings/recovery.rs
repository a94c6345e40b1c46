//! How long it took from the end of a fault until everything was as usual.

mod slowest;

pub use slowest::{Slowest, slowest};

use super::Findings;
use super::faults::Fault;
use super::orders::Order;
use super::rates;
use super::window::{Grid, Window};

/// Looked at second by second; three good ones in a row are no accident.
pub const LOOK_EVERY_MS: u64 = 1_000;
pub const GOOD_SECONDS: usize = 3;
/// A day: no run is longer, and a wrong clock must not fill the memory.
pub const SECONDS_MAX: u64 = 86_400;
/// A system under test breathes: twice as many orders under way as in the baseline are usual, and ten are few.
const USUAL_FACTOR: f64 = 2.0;
pub const USUAL_MIN: f64 = 10.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// From the end of the fault to the first of the good seconds.
    After {
        ms: u64,
    },
    /// The next fault came before: what followed is of both, and perhaps of more.
    Overtaken {
        by: usize,
        /// From the end of this one; nothing where it was never as usual again.
        ms: Option<u64>,
    },
    NotSeen,
}

pub fn of_each(findings: &Findings) -> Vec<Recovery> {
    let phases = &findings.files.record.phases;
    let baseline = phases.iter().find(|phase| phase.name == "baseline");
    let baseline = baseline.map(|phase| Window::between(phase.started_ms, phase.ended_ms));
    of(
        &findings.window,
        baseline,
        &findings.orders,
        findings.faults(),
    )
}

/// The recovery from each of the faults, which are in the order in which they began.
fn of(
    window: &Window,
    baseline: Option<Window>,
    orders: &[Order],
    faults: &[Fault],
) -> Vec<Recovery> {
    let grid = seconds(*window);
    let usual = baseline
        .map(|baseline| rates::in_flight(&seconds(baseline), orders))
        .into_iter()
        .flatten()
        .fold(0.0, f64::max);
    let bound = (usual * USUAL_FACTOR).max(USUAL_MIN);
    let in_flight = rates::in_flight(&grid, orders);
    let troubles = rates::troubles(&grid, orders);
    let good: Vec<bool> = in_flight
        .iter()
        .zip(&troubles)
        .map(|(in_flight, troubles)| *in_flight <= bound && *troubles == 0.0)
        .collect();
    faults
        .iter()
        .map(|fault| {
            let next = faults
                .iter()
                .find(|next| next.began_ms >= fault.ended_ms && next.number > fault.number);
            one(&grid, &good, fault, next)
        })
        .collect()
}

fn one(grid: &Grid, good: &[bool], fault: &Fault, next: Option<&Fault>) -> Recovery {
    let Some(first) = grid.step_at(fault.ended_ms) else {
        return Recovery::NotSeen;
    };
    let steady = good[first..]
        .windows(GOOD_SECONDS)
        .position(|seconds| seconds.iter().all(|good| *good));
    let back_ms = steady.map(|after| grid.started_ms(first + after).max(fault.ended_ms));
    let ms = back_ms.map(|back_ms| back_ms - fault.ended_ms);
    let came_before = |next: &&Fault| back_ms.is_none_or(|back_ms| back_ms > next.began_ms);
    match (ms, next.filter(came_before)) {
        (ms, Some(next)) => Recovery::Overtaken {
            by: next.number,
            ms,
        },
        (Some(ms), None) => Recovery::After { ms },
        (None, None) => Recovery::NotSeen,
    }
}

fn seconds(window: Window) -> Grid {
    Grid {
        from_ms: window.from_ms,
        step_ms: LOOK_EVERY_MS,
        steps: window.length_ms().div_ceil(LOOK_EVERY_MS).min(SECONDS_MAX) as usize,
    }
}

#[cfg(test)]
pub mod tests {
    use super::super::faults;
    use super::super::faults::tests::injection;
    use super::super::orders::tests::order;
    use super::*;
    use checkers::journal::Journal;

    const WINDOW: Window = Window {
        from_ms: 0,
        to_ms: 30_000,
    };

    /// Twenty orders of which none ends before `until_ms`: more than are usual.
    pub fn backlog(from_ms: u64, until_ms: u64) -> Vec<Order> {
        let waits = |op| {
            let mut order = order(op, from_ms);
            order.end.as_mut().expect("ended").at_us = until_ms * 1_000;
            order
        };
        (0..20).map(waits).collect()
    }

    pub fn faults(times_ms: &[(u64, u64)]) -> Vec<Fault> {
        let kill = |(from_ms, to_ms): &(u64, u64)| {
            injection("process/kill", *from_ms, *to_ms, &["orders-1"])
        };
        faults::of(&Journal {
            run: times_ms.iter().map(kill).collect(),
            ..Journal::default()
        })
    }

    fn recoveries(times_ms: &[(u64, u64)], orders: &[Order]) -> Vec<Recovery> {
        of(&WINDOW, None, orders, &faults(times_ms))
    }

    #[test]
    fn recovery_is_the_time_from_the_end_of_the_fault_to_the_first_good_second() {
        let found = recoveries(&[(5_000, 6_500)], &backlog(5_500, 9_200));
        assert_eq!(found, [Recovery::After { ms: 3_500 }]);
    }

    #[test]
    fn what_was_as_usual_all_the_time_took_no_time_to_recover() {
        let found = recoveries(&[(5_000, 6_500)], &[order(0, 6_000)]);
        assert_eq!(found, [Recovery::After { ms: 0 }]);
    }

    #[test]
    fn a_recovery_that_the_next_fault_overtook_is_not_told_from_it() {
        let found = recoveries(&[(5_000, 6_500), (8_000, 8_500)], &backlog(5_500, 9_200));
        let overtaken = Recovery::Overtaken {
            by: 2,
            ms: Some(3_500),
        };
        assert_eq!(found, [overtaken, Recovery::After { ms: 1_500 }]);
    }

    #[test]
    fn a_backlog_that_stays_is_no_recovery() {
        let found = recoveries(&[(5_000, 6_500)], &backlog(5_500, 60_000));
        assert_eq!(found, [Recovery::NotSeen]);
    }

    #[test]
    fn a_busier_baseline_makes_more_usual() {
        let faults = faults(&[(5_000, 6_500)]);
        let mut orders = backlog(1_000, 2_000);
        orders.extend(backlog(5_500, 9_200));
        let baseline = Window {
            from_ms: 0,
            to_ms: 5_000,
        };
        let found = of(&WINDOW, Some(baseline), &orders, &faults);
        assert_eq!(found, [Recovery::After { ms: 0 }]);
    }
}
