//! Means over slices: rates, peaks, time on the critical path.

use super::slices::Slices;
use super::{Noise, Spread};

/// A sum in each slice, and what it is divided by.
pub struct Means(Vec<(f64, f64)>);

impl Means {
    pub fn of(slices: Vec<(f64, f64)>) -> Self {
        Self(slices)
    }

    /// One value a slice; a slice without one has no say.
    pub fn of_values(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let slice = |value: Option<f64>| value.map_or((0.0, 0.0), |value| (value, 1.0));
        Self(values.into_iter().map(slice).collect())
    }

    /// Over all slices, where there is anything.
    pub fn whole(&self) -> Option<f64> {
        let mean = self.with(&vec![1; self.0.len()]);
        mean.is_finite().then_some(mean)
    }

    /// Not a number where nothing is divided by nothing.
    fn with(&self, times: &[u32]) -> f64 {
        let chosen = self.0.iter().zip(times);
        let (sum, of) = chosen.fold((0.0, 0.0), |(sum, of), ((value, weight), times)| {
            let times = f64::from(*times);
            (sum + value * times, of + weight * times)
        });
        sum / of
    }
}

/// Of a difference that is told as it is.
pub fn noise(slices: &Slices, sides: [&Means; 2]) -> Result<Noise, String> {
    spread(slices, sides).map(Noise::Spread)
}

/// Of means of logarithms.
pub fn noise_of_logarithms(slices: &Slices, sides: [&Means; 2]) -> Result<Noise, String> {
    spread(slices, sides).map(Noise::Ratio)
}

fn spread(slices: &Slices, sides: [&Means; 2]) -> Result<Spread, String> {
    let difference = |times: [&[u32]; 2]| sides[1].with(times[1]) - sides[0].with(times[0]);
    let once = slices.counts.map(|count| vec![1; count]);
    let spread = slices
        .draws
        .standard_errors(|draw| vec![difference([&draw.0[0], &draw.0[1]])]);
    match spread.first().copied().flatten() {
        Some(standard_error) => Ok(Spread {
            difference: difference([&once[0], &once[1]]),
            standard_error,
            freedom: slices.draws.freedom(),
        }),
        None => Err("too few slices have a value".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::window::Window;

    #[test]
    fn a_mean_that_rose_in_every_slice_is_found_and_one_that_rose_in_one_is_not() {
        let minute = Window {
            from_ms: 0,
            to_ms: 60_000,
        };
        let slices = Slices::cut([minute; 2], [&[], &[]]).expect("slices");
        let of = |value: &dyn Fn(usize) -> f64| Means::of_values((0..60).map(|n| Some(value(n))));
        let a = of(&|n| (n % 3) as f64);
        let rose = of(&|n| (n % 3 + n % 2) as f64 + 1.0);
        let once = of(&|n| (n % 3) as f64 + if n == 7 { 60.0 } else { 0.0 });
        let deviate = |b: &Means| noise(&slices, [&a, b]).expect("a spread").deviate();
        assert!(deviate(&rose) > 5.0);
        assert!(deviate(&once) < 1.96, "{}", deviate(&once));
    }

    #[test]
    fn what_no_slice_has_cannot_be_told() {
        let minute = Window {
            from_ms: 0,
            to_ms: 60_000,
        };
        let slices = Slices::cut([minute; 2], [&[], &[]]).expect("slices");
        let none = Means::of_values(vec![None; 60]);
        assert!(noise(&slices, [&none, &none]).is_err());
    }
}
