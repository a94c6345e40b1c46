//! How long after an order ended its customer was shown that: over outbox, broker, projection and the held read.

use std::collections::BTreeMap;
use std::fmt;

use uuid::Uuid;

use crate::history::History;
use crate::state::OrderRow;
use crate::verdict::grouped;

/// Of the orders that were seen to end, in ms.
#[derive(Debug, PartialEq)]
pub struct Lag {
    p50: u64,
    p99: u64,
    max: u64,
}

impl Lag {
    /// `None`: no order was seen to end.
    pub fn of(history: &History, orders: &[OrderRow]) -> Option<Self> {
        let ended_ms: BTreeMap<Uuid, u64> = (orders.iter())
            .filter_map(|row| Some((row.order_id, row.terminal_at_ms?.try_into().ok()?)))
            .collect();
        let lags = history.placed().filter_map(|placed| {
            let seen_us = placed.operation.terminal.as_ref()?.at_us;
            let ended_ms = ended_ms.get(&placed.operation.promise()?.order_id)?;
            Some((seen_us / 1_000).saturating_sub(*ended_ms))
        });
        let mut lags: Vec<u64> = lags.collect();
        lags.sort_unstable();
        // The least that so many of a hundred do not exceed.
        let percentile = |hundredths: usize| {
            let rank = (lags.len() * hundredths).div_ceil(100);
            lags.get(rank.saturating_sub(1)).copied()
        };
        Some(Self {
            p50: percentile(50)?,
            p99: percentile(99)?,
            max: percentile(100)?,
        })
    }
}

impl fmt::Display for Lag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [self.p50, self.p99, self.max].map(grouped);
        write!(f, "ends seen after p50 {p50} ms p99 {p99} ms max {max} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use crate::history::Completion;

    /// Of orders that ended at 5 s, and were seen to after so long.
    fn lag(after_ms: impl Iterator<Item = u64>) -> Option<Lag> {
        let (mut history, mut orders) = (History::default(), Vec::new());
        for after_ms in after_ms {
            let mut run = example::run();
            let mut operation = run.history.operations.remove(0);
            let mut row = example::orders(&mut run).orders.remove(0);
            row.order_id = Uuid::from_u128(1_000 + orders.len() as u128);
            row.terminal_at_ms = Some(5_000);
            if let Completion::Ok { promise, .. } = &mut operation.completion {
                promise.order_id = row.order_id;
            }
            operation.terminal.as_mut().expect("ended").at_us = (5_000 + after_ms) * 1_000;
            history.operations.push(operation);
            orders.push(row);
        }
        Lag::of(&history, &orders)
    }

    #[test]
    fn the_lag_is_from_an_orders_end_to_its_being_seen() {
        let (p50, p99, max) = (50, 99, 2_100);
        let of_many = lag((1..100).rev().chain([2_100]));
        assert_eq!(of_many, Some(Lag { p50, p99, max }));
        let said = "ends seen after p50 50 ms p99 99 ms max 2,100 ms";
        assert_eq!(of_many.map(|lag| lag.to_string()).as_deref(), Some(said));
        let (p50, p99, max) = (7, 7, 7);
        assert_eq!(lag([7].into_iter()), Some(Lag { p50, p99, max }));
    }

    #[test]
    fn where_no_order_was_seen_to_end_there_is_none() {
        assert_eq!(lag(std::iter::empty()), None);
    }
}
