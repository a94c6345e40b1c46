//! The error budget: how many orders may go wrong, and how many of those had.

use super::orders::Order;
use super::window::Grid;

/// An order went well when it was seen to end within this: a third of a saga's deadline, and about as long as a
/// customer looks at a page.
pub const GOOD_WITHIN_MS: f64 = 10_000.0;
/// The share of orders that may go wrong.
pub const ALLOWED_SHARE: f64 = 0.01;

pub fn went_well(order: &Order) -> bool {
    order.ended_ms().is_some_and(|ms| ms <= GOOD_WITHIN_MS)
}

/// What is left at the end of each step, in percent of the budget of the whole run; below zero it is overspent.
pub fn left_percent(grid: &Grid, orders: &[Order]) -> Vec<f64> {
    let allowed = orders.len() as f64 * ALLOWED_SHARE;
    let mut spent = vec![0.0; grid.steps];
    for order in orders.iter().filter(|order| !went_well(order)) {
        if let Some(step) = grid.step_at(order.intended_us / 1_000) {
            spent[step] += 1.0;
        }
    }
    let mut sum = 0.0;
    let left = |wrong: f64| {
        sum += wrong;
        100.0 * (1.0 - sum / allowed)
    };
    spent.into_iter().map(left).collect()
}

#[cfg(test)]
mod tests {
    use super::super::orders::tests::order;
    use super::*;

    #[test]
    fn each_order_that_went_wrong_costs_its_part_of_the_budget() {
        let grid = Grid {
            from_ms: 0,
            step_ms: 1_000,
            steps: 2,
        };
        // A hundred orders: one may go wrong.
        let mut orders: Vec<Order> = (0..100).map(|op| order(op, op * 20)).collect();
        assert_eq!(left_percent(&grid, &orders), [100.0, 100.0]);
        orders[99].end = None;
        assert_eq!(left_percent(&grid, &orders), [100.0, 0.0]);
        orders[0].end.as_mut().expect("ended").at_us = 10_000_001;
        assert_eq!(left_percent(&grid, &orders), [0.0, -100.0]);
    }
}
