//! The orders step by step: how many a second, how long they took, how many were under way.

use super::orders::{Answer, Order};
use super::percentiles::Sorted;
use super::window::Grid;

/// How many of the moments (unix us) fall into each step, a second.
pub fn a_second(grid: &Grid, moments_us: impl Iterator<Item = u64>) -> Vec<f64> {
    let mut counts = vec![0.0; grid.steps];
    for step in moments_us.filter_map(|at_us| grid.step_at(at_us / 1_000)) {
        counts[step] += 1.0;
    }
    counts.iter().map(|count| count / grid.step_s()).collect()
}

/// A percentile of each step, by the intended start. A step without an order has none.
pub fn percentile(
    grid: &Grid,
    orders: &[Order],
    latency_ms: impl Fn(&Order) -> Option<f64>,
    share: f64,
) -> Vec<Option<f64>> {
    let mut steps = vec![Vec::new(); grid.steps];
    for order in orders {
        let step = grid.step_at(order.intended_us / 1_000);
        if let (Some(step), Some(latency)) = (step, latency_ms(order)) {
            steps[step].push(latency);
        }
    }
    steps
        .into_iter()
        .map(|values| Sorted::of(values).at(share))
        .collect()
}

/// Most orders under way at once, in each step.
pub fn in_flight(grid: &Grid, orders: &[Order]) -> Vec<f64> {
    let mut changes: Vec<(u64, i64)> = Vec::with_capacity(orders.len() * 2);
    for (from_us, until_us) in orders.iter().map(Order::under_way_us) {
        changes.extend([(from_us, 1), (until_us, -1)]);
    }
    changes.sort_unstable();
    let mut changes = changes.into_iter().peekable();
    let mut now = 0;
    (0..grid.steps)
        .map(|step| {
            let ends_us = grid.started_ms(step + 1) * 1_000;
            let mut peak = now;
            while let Some((_, change)) = changes.next_if(|(at_us, _)| *at_us < ends_us) {
                now += change;
                peak = peak.max(now);
            }
            peak as f64
        })
        .collect()
}

/// Answers in each step that were no acknowledgement.
pub fn troubles(grid: &Grid, orders: &[Order]) -> Vec<f64> {
    let mut counts = vec![0.0; grid.steps];
    for order in orders {
        let troubled = order.answer != Answer::Acknowledged;
        if let Some(step) = grid.step_at(order.answered_us / 1_000).filter(|_| troubled) {
            counts[step] += 1.0;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::super::orders::tests::order;
    use super::*;

    const GRID: Grid = Grid {
        from_ms: 10_000,
        step_ms: 2_000,
        steps: 3,
    };

    #[test]
    fn what_falls_into_a_step_is_counted_a_second() {
        let moments = [9_999_999, 10_000_000, 11_000_000, 14_000_000, 16_000_000];
        assert_eq!(a_second(&GRID, moments.into_iter()), [1.0, 0.0, 0.5]);
    }

    #[test]
    fn a_step_without_an_order_has_no_percentile() {
        let orders = [order(0, 10_000), order(1, 15_000)];
        let p50 = percentile(&GRID, &orders, Order::ended_ms, 0.5);
        assert_eq!(p50, [Some(100.0), None, Some(100.0)]);
    }

    #[test]
    fn orders_are_under_way_from_their_sending_to_their_end() {
        let mut long = order(1, 11_000);
        long.end.as_mut().expect("ended").at_us = 14_500_000;
        let orders = [order(0, 10_950), long, order(2, 14_200)];
        assert_eq!(in_flight(&GRID, &orders), [2.0, 1.0, 2.0]);
    }

    #[test]
    fn a_failed_and_an_unknown_answer_are_troubles() {
        let mut orders = [order(0, 10_000), order(1, 10_000), order(2, 10_000)];
        orders[0].answer = Answer::Failed("refused".into());
        orders[1].answer = Answer::Unknown("timeout".into());
        assert_eq!(troubles(&GRID, &orders), [2.0, 0.0, 0.0]);
    }
}
