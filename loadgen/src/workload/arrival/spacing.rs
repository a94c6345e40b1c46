//! The two ways in which arrivals of one rate are apart.

use std::time::Duration;

use super::Rate;
use crate::dice::Dice;

/// The n-th at n gaps after the start, which is the first.
pub fn evenly(rate: Rate, length: Duration) -> impl Iterator<Item = Duration> + Send {
    let length_s = length.as_secs_f64();
    let at = (0_u64..).map(move |nth| nth as f64 / rate.0);
    // 0 / 0 is no number, and less than nothing.
    at.take_while(move |at_s| *at_s < length_s)
        .map(Duration::from_secs_f64)
}

/// Exponential gaps, as independent customers come.
pub fn independently(
    rate: Rate,
    dice: Dice,
    length: Duration,
) -> impl Iterator<Item = Duration> + Send {
    let length_s = length.as_secs_f64();
    let at = (0_u64..).scan(0.0, move |at_s, nth| {
        // 1 - fraction is never 0, so the logarithm is finite.
        *at_s -= (1.0 - dice.fraction(nth, "gap")).ln() / rate.0;
        Some(*at_s)
    });
    at.take_while(move |at_s| *at_s < length_s)
        .map(Duration::from_secs_f64)
}
