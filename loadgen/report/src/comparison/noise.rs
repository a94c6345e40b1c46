//! Whether two figures differ by more than they would by chance.
//!
//! ```text
//! a window of each run -> slices -> the figure, many times over other choices of slices -> how much it varies
//!                                   or, of a share, how much its slices do
//! all figures together -> how far out a difference must lie -> interval -> word
//! ```
//!
//! - [`slices`]: how long a slice must be for its neighbours to know nothing of it
//! - [`resampling`]: the choices of slices, the same in every comparison
//! - [`percentiles`], [`means`], [`shares`]: the three kinds of figures
//! - [`deviates`]: normal and Student's deviates
//! - [`false_alarms`]: many figures are looked at, and some lie far out by chance

pub mod deviates;
pub mod false_alarms;
pub mod means;
pub mod percentiles;
pub mod resampling;
pub mod shares;
pub mod slices;

use deviates::{DEVIATE_MAX, student};
use shares::Share;

/// How much a difference of B and A varies by chance.
#[derive(Clone, Debug, PartialEq)]
pub enum Noise {
    /// Of what is added: rates, means.
    Spread(Spread),
    /// Of what is multiplied, as latencies are: the spread is that of the logarithms, the interval that of B / A - 1.
    Ratio(Spread),
    Shares {
        a: Share,
        b: Share,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub difference: f64,
    pub standard_error: f64,
    /// Slices that could have come out otherwise.
    pub freedom: usize,
}

impl Spread {
    fn interval(&self, deviate: f64) -> (f64, f64) {
        let reach = match self.standard_error {
            0.0 => 0.0,
            standard_error => standard_error * student(deviate, self.freedom),
        };
        (self.difference - reach, self.difference + reach)
    }
}

impl Noise {
    /// Where the difference lies unless it is as far out as `deviate`.
    pub fn interval(&self, deviate: f64) -> (f64, f64) {
        match self {
            Noise::Spread(spread) => spread.interval(deviate),
            Noise::Ratio(spread) => {
                let (from, to) = spread.interval(deviate);
                (from.exp_m1(), to.exp_m1())
            }
            Noise::Shares { a, b } => shares::interval(a, b, deviate),
        }
    }

    /// How far out a difference like this lies where there is none: the widest interval that leaves zero out.
    pub fn deviate(&self) -> f64 {
        let leaves_zero_out = |deviate: f64| {
            let (from, to) = self.interval(deviate);
            from > 0.0 || to < 0.0
        };
        deviates::last(leaves_zero_out, DEVIATE_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(difference: f64, standard_error: f64) -> Spread {
        Spread {
            difference,
            standard_error,
            freedom: 9,
        }
    }

    #[test]
    fn a_difference_lies_as_far_out_as_the_interval_that_just_reaches_zero() {
        let noise = Noise::Spread(spread(3.0, 1.0));
        let deviate = noise.deviate();
        let (from, _) = noise.interval(deviate);
        assert!(from.abs() < 1e-6, "{from}");
        // Student's 3.0 with nine degrees of freedom: 1.5 in a hundred.
        let chance = deviates::chance_beyond(deviate);
        assert!((0.0148..0.0152).contains(&chance), "{chance}");
    }

    #[test]
    fn no_difference_lies_nowhere_and_one_without_any_noise_lies_as_far_out_as_is_counted() {
        assert_eq!(Noise::Spread(spread(0.0, 0.0)).deviate(), 0.0);
        assert_eq!(Noise::Spread(spread(0.0, 1.0)).deviate(), 0.0);
        assert!(Noise::Spread(spread(0.1, 0.0)).deviate() > DEVIATE_MAX - 1e-6);
    }

    #[test]
    fn a_ratio_is_told_as_the_part_by_which_b_is_more() {
        let noise = Noise::Ratio(spread(2.0_f64.ln(), 0.0));
        let (from, to) = noise.interval(1.96);
        assert!((from - 1.0).abs() < 1e-9 && (to - 1.0).abs() < 1e-9);
    }
}
