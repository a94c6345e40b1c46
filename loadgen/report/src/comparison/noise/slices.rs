//! A window of both runs in slices of one length, long enough that what slows one slice is over in the next.
//!
//! Batch means, as simulations use them: the slices grow until neighbours no longer resemble each other.

use super::resampling::Draws;
use crate::findings::orders::Order;
use crate::findings::percentiles::Sorted;
use crate::findings::window::Window;
use crate::words::Ms;

/// From the second, at which everything is looked at, by about doubling.
const LENGTHS_MS: [u64; 9] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000,
];
/// Of fewer, even if all pointed the same way, chance would do so more than once in twenty times: 2 / 2^5.
pub const SLICES_MIN: usize = 6;
/// More make the noise no better known, and every draw has to be kept.
const SLICES_MAX: u64 = 2_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Slices {
    pub windows: [Window; 2],
    pub length_ms: u64,
    pub counts: [usize; 2],
    pub draws: Draws,
}

impl Slices {
    /// Or why there are none.
    pub fn cut(windows: [Window; 2], orders: [&[Order]; 2]) -> Result<Self, String> {
        let lengths_ms = windows.map(|window| window.length_ms());
        let shorter_ms = lengths_ms[0].min(lengths_ms[1]);
        let longer_ms = lengths_ms[0].max(lengths_ms[1]);
        let fits = |length_ms: &u64| {
            shorter_ms / length_ms >= SLICES_MIN as u64 && longer_ms / length_ms <= SLICES_MAX
        };
        let mut longest = None;
        for length_ms in LENGTHS_MS.into_iter().filter(fits) {
            longest = Some(length_ms);
            let counts = windows.map(|window| (window.length_ms() / length_ms) as usize);
            let slices = Self {
                windows,
                length_ms,
                counts,
                draws: Draws::of([0, 0]),
            };
            if !resemble(&slices.differences(orders)) {
                return Ok(Self {
                    draws: Draws::of(counts),
                    ..slices
                });
            }
        }
        Err(match longest {
            None if shorter_ms < LENGTHS_MS[0] * SLICES_MIN as u64 => format!(
                "{} are fewer than {SLICES_MIN} slices of {}",
                Ms(shorter_ms as f64),
                Ms(LENGTHS_MS[0] as f64)
            ),
            None => format!(
                "no slices of one length are at least {SLICES_MIN} of {} and at most {SLICES_MAX} of {}",
                Ms(shorter_ms as f64),
                Ms(longer_ms as f64)
            ),
            Some(length_ms) => format!(
                "what slows a slice still slows the next, even in slices of {}",
                Ms(length_ms as f64)
            ),
        })
    }

    /// What is left over at the end belongs to the last slice.
    pub fn at(&self, side: usize, at_us: u64) -> Option<usize> {
        let window = &self.windows[side];
        let at_ms = at_us / 1_000;
        if at_ms >= window.to_ms {
            return None;
        }
        let slice = at_ms.checked_sub(window.from_ms)? / self.length_ms;
        usize::try_from(slice)
            .ok()
            .map(|slice| slice.min(self.counts[side].saturating_sub(1)))
    }

    /// How long each slice of a run is; the last may be longer.
    pub fn seconds(&self, side: usize) -> Vec<f64> {
        let count = self.counts[side];
        let mut seconds = vec![self.length_ms as f64 / 1_000.0; count];
        if let Some(last) = seconds.last_mut() {
            let before_ms = (count as u64 - 1) * self.length_ms;
            *last = (self.windows[side].length_ms() - before_ms) as f64 / 1_000.0;
        }
        seconds
    }

    /// B's usual latency less A's, slice by slice, in logarithms.
    fn differences(&self, orders: [&[Order]; 2]) -> Vec<Option<f64>> {
        let usual = [0, 1].map(|side| {
            let mut latencies = vec![Vec::new(); self.counts[side]];
            for order in orders[side] {
                let latency = order.ended_ms().or(order.acknowledged_ms());
                if let (Some(slice), Some(ms)) = (self.at(side, order.intended_us), latency) {
                    latencies[slice].push(ms.max(f64::MIN_POSITIVE).ln());
                }
            }
            let median = |values: Vec<f64>| Sorted::of(values).at(0.5);
            latencies.into_iter().map(median).collect::<Vec<_>>()
        });
        let pairs = usual[0].iter().zip(&usual[1]);
        pairs.map(|(a, b)| Some((*b)? - (*a)?)).collect()
    }
}

/// Whether neighbours are more alike than chance makes them: their correlation lies beyond two of its standard
/// deviations.
fn resemble(differences: &[Option<f64>]) -> bool {
    let known: Vec<f64> = differences.iter().flatten().copied().collect();
    let n = known.len() as f64;
    let mean = known.iter().sum::<f64>() / n.max(1.0);
    let spread: f64 = known.iter().map(|value| (value - mean).powi(2)).sum();
    let neighbours = differences.windows(2);
    let products = neighbours.filter_map(|pair| Some((pair[0]? - mean) * (pair[1]? - mean)));
    spread > 0.0 && products.sum::<f64>() / spread > 2.0 / n.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::orders::tests::order;

    const MINUTE: Window = Window {
        from_ms: 0,
        to_ms: 60_500,
    };

    /// Ten orders a second, the n-th second of which take so many ms to end.
    fn orders(latency_ms: impl Fn(u64) -> u64) -> Vec<Order> {
        let one = |op: u64| {
            let mut order = order(op, op * 100);
            let end = order.end.as_mut().expect("ended");
            end.at_us = op * 100_000 + latency_ms(op / 10) * 1_000;
            order
        };
        (0..600).map(one).collect()
    }

    #[test]
    fn slices_of_a_second_do_where_neighbours_know_nothing_of_each_other() {
        let (a, b) = (
            orders(|_| 100),
            orders(|second| 100 + (second * 7_919) % 13),
        );
        let slices = Slices::cut([MINUTE; 2], [&a, &b]).expect("slices");
        assert_eq!((slices.length_ms, slices.counts), (1_000, [60, 60]));
        assert_eq!(slices.at(0, 3_999_999), Some(3));
        assert_eq!(slices.at(0, 60_200_000), Some(59), "what is left over");
        assert_eq!(slices.at(0, 60_500_000), None);
        assert_eq!(slices.seconds(1)[58..], [1.0, 1.5]);
    }

    #[test]
    fn slices_grow_until_what_slows_one_is_over_in_the_next() {
        // Eight seconds are slow, eight are not.
        let b = orders(|second| if second / 8 % 2 == 0 { 100 } else { 300 });
        let slices = Slices::cut([MINUTE; 2], [&orders(|_| 100), &b]).expect("slices");
        assert!(slices.length_ms >= 5_000, "{}", slices.length_ms);
    }

    #[test]
    fn a_window_that_is_too_short_says_so() {
        let short = Window {
            from_ms: 0,
            to_ms: 5_900,
        };
        let why = Slices::cut([short; 2], [&[], &[]]).expect_err("too few");
        assert_eq!(why, "5.90 s are fewer than 6 slices of 1.00 s");
    }

    #[test]
    fn a_wrong_clock_does_not_fill_the_memory() {
        let years = Window {
            from_ms: 0,
            to_ms: u64::MAX / 10_000,
        };
        assert!(Slices::cut([MINUTE, years], [&[], &[]]).is_err());
        assert!(Slices::cut([years; 2], [&[], &[]]).is_err());
    }

    #[test]
    fn a_drift_leaves_few_slices_to_judge_by() {
        let b = orders(|second| 100 + second * 5);
        let slices = Slices::cut([MINUTE; 2], [&orders(|_| 100), &b]).expect("slices");
        assert_eq!((slices.length_ms, slices.counts), (10_000, [6, 6]));
    }
}
