//! Orders under way, sampled: do they pile up?

use std::time::Duration;

/// What a step starts with (first connections, empty batches) is over after this share of it.
const SETTLED_AFTER: f64 = 1.0 / 3.0;

#[derive(Clone, Debug, Default)]
pub struct Backlog {
    /// Seconds since the start, orders under way.
    samples: Vec<(f64, f64)>,
}

impl Backlog {
    pub fn add(&mut self, after: Duration, under_way: u64) {
        self.samples.push((after.as_secs_f64(), under_way as f64));
    }

    pub fn most(&self) -> u64 {
        self.samples
            .iter()
            .map(|sample| sample.1)
            .fold(0.0, f64::max) as u64
    }

    /// Orders a second by which more came than ended: the slope of the least-squares line through the settled part.
    pub fn growth(&self) -> f64 {
        let begin = self
            .samples
            .last()
            .map_or(0.0, |last| last.0 * SETTLED_AFTER);
        let settled: Vec<_> = self
            .samples
            .iter()
            .filter(|sample| sample.0 >= begin)
            .collect();
        let n = settled.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| settled.iter().map(|it| of(it)).sum::<f64>() / n;
        let (at, under_way) = (mean(|it| it.0), mean(|it| it.1));
        let together: f64 = settled
            .iter()
            .map(|it| (it.0 - at) * (it.1 - under_way))
            .sum();
        let spread: f64 = settled.iter().map(|it| (it.0 - at).powi(2)).sum();
        if spread > 0.0 { together / spread } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backlog(under_way: impl Fn(u64) -> u64) -> Backlog {
        let mut backlog = Backlog::default();
        (1..100).for_each(|n| backlog.add(Duration::from_millis(100 * n), under_way(n)));
        backlog
    }

    #[test]
    fn a_backlog_that_goes_up_and_down_does_not_grow() {
        let steady = backlog(|n| 20 + n % 7);
        assert!(steady.growth().abs() < 0.5, "{}", steady.growth());
        assert_eq!(steady.most(), 26);
    }

    #[test]
    fn a_backlog_that_grows_by_ten_a_second_does() {
        let growth = backlog(|n| 20 + n).growth();
        assert!((9.9..10.1).contains(&growth), "{growth}");
    }

    #[test]
    fn a_burst_at_the_start_is_not_growth_and_nothing_is_nothing() {
        let burst = backlog(|n| if n < 20 { 300 - 10 * n } else { 15 });
        assert!(burst.growth().abs() < 0.5, "{}", burst.growth());
        assert_eq!(Backlog::default().growth(), 0.0);
    }
}
