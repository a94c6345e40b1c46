//! How often commands may be sent again, all together. Retries without one multiply a load that is already too much.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A command earns one retry: however long an outage lasts, retries at most double the load. What was earned before is
/// there for the short ones, up to a reserve.
pub struct RetryBudget {
    reserve: u64,
    left: AtomicU64,
}

impl RetryBudget {
    pub fn new(reserve: u64) -> Self {
        Self {
            reserve,
            left: AtomicU64::new(reserve),
        }
    }

    /// A command is sent for the first time.
    pub fn earn(&self) {
        let more = |left: u64| (left < self.reserve).then_some(left + 1);
        // At its reserve it stays as it is.
        let _ = self.left.fetch_update(Relaxed, Relaxed, more);
    }

    /// Whether there is one left, which is then spent.
    pub fn spend(&self) -> bool {
        let less = |left: u64| left.checked_sub(1);
        self.left.fetch_update(Relaxed, Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_is_spent_comes_back_by_a_retry_a_command() {
        let budget = RetryBudget::new(2);
        assert!(budget.spend() && budget.spend() && !budget.spend());
        budget.earn();
        assert!(budget.spend() && !budget.spend());
        (0..5).for_each(|_| budget.earn());
        assert!(budget.spend() && budget.spend() && !budget.spend());
    }
}
