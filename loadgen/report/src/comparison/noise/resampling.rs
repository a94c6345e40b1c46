//! The figure over other choices of slices: how much it varies between them is how much it varies by chance.
//!
//! Slice n of one run is chosen together with slice n of the other, because the same schedule and the same faults fall
//! into both. What one run has more is chosen by itself.

/// The standard error is then known to some three in a hundred.
const RESAMPLES: usize = 500;
/// A comparison that is made again comes out the same.
const SEED: u64 = 0x0b5e_55ed_c0de_2026;

/// How many times each slice of either run was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw(pub [Vec<u32>; 2]);

#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    draws: Vec<Draw>,
    /// Slices that both runs have.
    common: usize,
}

impl Draws {
    /// `counts`: slices of either run.
    pub fn of(counts: [usize; 2]) -> Self {
        let common = counts[0].min(counts[1]);
        let mut dice = Dice(SEED);
        let mut one = |_| {
            let mut draw = counts.map(|count| vec![0; count]);
            for _ in 0..common {
                let chosen = dice.below(common);
                draw[0][chosen] += 1;
                draw[1][chosen] += 1;
            }
            for (times, count) in draw.iter_mut().zip(counts) {
                for _ in common..count {
                    times[common + dice.below(count - common)] += 1;
                }
            }
            Draw(draw)
        };
        Self {
            draws: (0..RESAMPLES).map(&mut one).collect(),
            common,
        }
    }

    pub fn freedom(&self) -> usize {
        self.common.saturating_sub(1)
    }

    /// Of several differences at once, which are looked up in one go; `None` for one that no draw had.
    pub fn standard_errors(&self, differences: impl Fn(&Draw) -> Vec<f64>) -> Vec<Option<f64>> {
        let rows: Vec<Vec<f64>> = self.draws.iter().map(differences).collect();
        let columns = rows.first().map_or(0, Vec::len);
        // A draw of n slices out of n varies less than the slices do.
        let n = self.common as f64;
        let correction = (n / (n - 1.0).max(1.0)).sqrt();
        (0..columns)
            .map(|column| {
                let known = rows.iter().map(|row| row[column]);
                Some(deviation(known.filter(|value| value.is_finite()).collect())? * correction)
            })
            .collect()
    }
}

fn deviation(values: Vec<f64>) -> Option<f64> {
    let n = values.len() as f64;
    // Where every other choice has no figure, its spread is not known either.
    if values.len() <= RESAMPLES / 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let square = |value: &f64| (value - mean).powi(2);
    Some((values.iter().map(square).sum::<f64>() / (n - 1.0)).sqrt())
}

/// splitmix64
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[f64], times: &[u32]) -> f64 {
        let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
            let pairs = values.iter().zip(times);
            pairs
                .map(|(value, times)| of(*value) * f64::from(*times))
                .sum()
        };
        sum(&|value| value) / sum(&|_| 1.0)
    }

    #[test]
    fn the_spread_of_a_mean_is_the_one_that_is_calculated() {
        let values: Vec<f64> = (0..40).map(|n| f64::from(n % 5)).collect();
        let draws = Draws::of([40, 40]);
        let found = draws.standard_errors(|draw| vec![mean(&values, &draw.0[0])]);
        // The deviation of 0..5 is the root of 2, by 40/39 more of a sample.
        let calculated = (2.0_f64 * 40.0 / 39.0 / 40.0).sqrt();
        let ratio = found[0].expect("a spread") / calculated;
        assert!((0.9..1.1).contains(&ratio), "{ratio}");
    }

    #[test]
    fn what_both_runs_share_is_no_noise() {
        let values: Vec<f64> = (0..40).map(|n| f64::from(n % 5)).collect();
        let draws = Draws::of([40, 40]);
        let found = draws.standard_errors(|draw| {
            let sides = draw.0.each_ref().map(|times| mean(&values, times));
            vec![sides[1] - sides[0]]
        });
        assert_eq!(found, [Some(0.0)]);
    }

    #[test]
    fn the_same_slices_are_chosen_every_time_and_a_longer_run_keeps_its_length() {
        assert_eq!(Draws::of([7, 9]), Draws::of([7, 9]));
        for Draw([a, b]) in Draws::of([7, 9]).draws {
            assert_eq!((a.iter().sum::<u32>(), b.iter().sum::<u32>()), (7, 9));
            assert_eq!(a, b[..7]);
        }
    }

    #[test]
    fn a_figure_that_most_choices_have_not_has_no_spread() {
        let draws = Draws::of([6, 6]);
        assert_eq!(draws.standard_errors(|_| vec![f64::NAN]), [None]);
    }
}
