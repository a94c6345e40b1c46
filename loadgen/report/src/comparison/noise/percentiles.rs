//! Percentiles of latencies under other choices of slices.

use super::slices::Slices;
use super::{Noise, Spread};
use crate::words::counted;

/// Of fewer, the rank of a percentile is itself a matter of chance: so many lie beyond it, or five more or less.
const BEYOND_MIN: f64 = 10.0;

/// The latencies of a run in rising order, each with its slice.
pub struct Ranked(Vec<(f64, usize)>);

impl Ranked {
    pub fn of(latencies: impl Iterator<Item = (f64, usize)>) -> Self {
        let mut rows: Vec<(f64, usize)> = latencies.collect();
        rows.sort_by(|left, right| left.0.total_cmp(&right.0));
        Self(rows)
    }

    /// With each slice so many times, by nearest rank; `shares` are in rising order. Not a number where there is none.
    fn at(&self, times: &[u32], shares: &[f64]) -> Vec<f64> {
        let weight = |slice: usize| u64::from(times.get(slice).copied().unwrap_or(0));
        let all: u64 = self.0.iter().map(|(_, slice)| weight(*slice)).sum();
        let rank = |share: f64| ((share * all as f64).ceil() as u64).max(1);
        let mut found = Vec::with_capacity(shares.len());
        let mut passed = 0;
        for (ms, slice) in &self.0 {
            passed += weight(*slice);
            while shares
                .get(found.len())
                .is_some_and(|share| passed >= rank(*share))
            {
                found.push(*ms);
            }
        }
        found.resize(shares.len(), f64::NAN);
        found
    }
}

/// The noise of each percentile, or why it cannot be told.
pub fn noise(slices: &Slices, sides: [&Ranked; 2], shares: &[f64]) -> Vec<Result<Noise, String>> {
    let ratios = |times: [&[u32]; 2]| -> Vec<f64> {
        let [a, b] = [0, 1].map(|side| sides[side].at(times[side], shares));
        let logarithm = |ms: f64| ms.max(f64::MIN_POSITIVE).ln();
        let ratio = |(a, b): (f64, f64)| match a.is_nan() || b.is_nan() {
            true => f64::NAN,
            false => logarithm(b) - logarithm(a),
        };
        a.into_iter().zip(b).map(ratio).collect()
    };
    let once = slices.counts.map(|count| vec![1; count]);
    let differences = ratios([&once[0], &once[1]]);
    let spread = slices
        .draws
        .standard_errors(|draw| ratios([&draw.0[0], &draw.0[1]]));
    let fewest = sides[0].0.len().min(sides[1].0.len());
    let one = |((share, difference), standard_error): ((&f64, f64), Option<f64>)| {
        let beyond = (fewest as f64 * (1.0 - share) + 1e-6).floor();
        if beyond < BEYOND_MIN {
            let orders = counted(fewest, "order", "orders");
            return Err(format!(
                "{beyond} of {orders} lie beyond it, {BEYOND_MIN} must"
            ));
        }
        match standard_error {
            Some(standard_error) => Ok(Noise::Ratio(Spread {
                difference,
                standard_error,
                freedom: slices.draws.freedom(),
            })),
            None => Err("too few slices have an order".into()),
        }
    };
    shares
        .iter()
        .zip(differences)
        .zip(spread)
        .map(one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::window::Window;

    const MINUTE: Window = Window {
        from_ms: 0,
        to_ms: 60_000,
    };

    fn slices() -> Slices {
        Slices::cut([MINUTE; 2], [&[], &[]]).expect("slices")
    }

    /// Fifty orders in each of sixty seconds, spread over 80 to 120 ms by a hash.
    fn run(seed: u64, factor: f64) -> Ranked {
        let latency = |op: u64| {
            let mixed = (op + seed * 1_000_003).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            80.0 + ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as f64 % 40.0
        };
        Ranked::of((0..3_000).map(|op| (latency(op) * factor, (op / 50) as usize)))
    }

    fn deviates(a: &Ranked, b: &Ranked) -> Vec<f64> {
        let noise = noise(&slices(), [a, b], &[0.5, 0.99]);
        noise
            .into_iter()
            .map(|noise| noise.expect("enough").deviate())
            .collect()
    }

    #[test]
    fn a_shift_is_found() {
        let found = deviates(&run(1, 1.0), &run(2, 1.1));
        assert!(found.iter().all(|deviate| *deviate > 3.0), "{found:?}");
    }

    #[test]
    fn the_same_distribution_is_not_taken_for_another() {
        // Of twenty comparisons with two figures each, two lie beyond 1.96 on average.
        let beyond = (2..22).flat_map(|seed| deviates(&run(1, 1.0), &run(seed, 1.0)));
        let beyond = beyond.filter(|deviate| *deviate > 1.96).count();
        assert!(beyond <= 6, "{beyond} of 40");
    }

    #[test]
    fn the_same_run_differs_by_nothing() {
        assert_eq!(deviates(&run(1, 1.0), &run(1, 1.0)), [0.0, 0.0]);
    }

    #[test]
    fn a_percentile_with_few_orders_beyond_it_says_so() {
        let run = run(1, 1.0);
        let found = noise(&slices(), [&run, &run], &[0.999]);
        let why = found[0].as_ref().expect_err("three orders");
        assert_eq!(why, "3 of 3,000 orders lie beyond it, 10 must");
    }
}
