//! When operations are to start. The schedule knows nothing of the system: that is what makes the loop open.

use std::time::Duration;

use crate::dice::Dice;
use crate::settings::Spacing;

/// Intended starts since the beginning, without end.
#[derive(Clone, Debug)]
pub struct Schedule {
    spacing: Spacing,
    rate: f64,
    dice: Dice,
    next: u64,
    at_s: f64,
}

impl Schedule {
    pub fn new(spacing: Spacing, rate: f64, dice: Dice) -> Self {
        Self {
            spacing,
            rate,
            dice: dice.salted("schedule"),
            next: 0,
            at_s: 0.0,
        }
    }
}

impl Iterator for Schedule {
    type Item = (u64, Duration);

    fn next(&mut self) -> Option<(u64, Duration)> {
        let arrival = self.next;
        self.next += 1;
        let gap = match self.spacing {
            Spacing::Constant => 1.0,
            // Exponential gaps; 1 - fraction is never 0, so the logarithm is finite.
            Spacing::Poisson => -(1.0 - self.dice.fraction(arrival, "gap")).ln(),
        };
        self.at_s += gap / self.rate;
        Some((arrival, Duration::from_secs_f64(self.at_s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(spacing: Spacing, seed: u64, n: usize) -> Vec<Duration> {
        Schedule::new(spacing, 100.0, Dice::new(seed))
            .take(n)
            .map(|(_, at)| at)
            .collect()
    }

    #[test]
    fn constant_arrivals_are_evenly_spaced() {
        let at = arrivals(Spacing::Constant, 1, 3);
        let ms: Vec<u128> = at
            .iter()
            .map(|at| (*at + Duration::from_micros(1)).as_millis())
            .collect();
        assert_eq!(ms, [10, 20, 30]);
    }

    #[test]
    fn poisson_arrivals_keep_their_rate_and_vary() {
        let at = arrivals(Spacing::Poisson, 1, 10_000);
        let seconds = at.last().expect("there are some").as_secs_f64();
        assert!((95.0..105.0).contains(&seconds), "{seconds}");
        let gaps: Vec<f64> = at.windows(2).map(|w| (w[1] - w[0]).as_secs_f64()).collect();
        let short = gaps.iter().filter(|gap| **gap < 0.01).count() as f64 / gaps.len() as f64;
        // Of exponential gaps 1 - 1/e are below their mean.
        assert!((0.61..0.66).contains(&short), "{short}");
    }

    #[test]
    fn the_seed_is_the_schedule() {
        assert_eq!(
            arrivals(Spacing::Poisson, 7, 50),
            arrivals(Spacing::Poisson, 7, 50)
        );
        assert_ne!(
            arrivals(Spacing::Poisson, 7, 50),
            arrivals(Spacing::Poisson, 8, 50)
        );
    }
}
