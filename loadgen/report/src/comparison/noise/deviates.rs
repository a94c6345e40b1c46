//! How far out something lies, in standard deviations, and how often chance alone reaches that far.

use std::f64::consts::SQRT_2;

/// Chance reaches so far once in 10^15 times: what lies farther out is as certain as anything here.
pub const DEVIATE_MAX: f64 = 8.0;
/// Halvings of 0..8: a dozen digits.
const HALVINGS: usize = 45;

/// How often a normal deviate lies farther from zero than this, on either side.
pub fn chance_beyond(deviate: f64) -> f64 {
    libm::erfc(deviate / SQRT_2)
}

/// The deviate that chance passes this often, on either side.
pub fn passed_by(chance: f64) -> f64 {
    last(|deviate| chance_beyond(deviate) > chance, DEVIATE_MAX)
}

/// Student's deviate that chance passes as often as the normal one: few observations know their own spread badly.
/// Fisher and Cornish's expansion; from five degrees of freedom on its error is below one in a hundred.
pub fn student(deviate: f64, freedom: usize) -> f64 {
    let n = freedom.max(1) as f64;
    let z = deviate;
    let square = z * z;
    let terms = [
        z * (square + 1.0) / 4.0,
        z * ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        z * ((((79.0 * square + 776.0) * square + 1_482.0) * square - 1_920.0) * square - 945.0)
            / 92_160.0,
    ];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) / n);
    z + sum
}

/// The end of the part of 0..most, beginning at 0, in which it holds.
pub fn last(holds: impl Fn(f64) -> bool, most: f64) -> f64 {
    let (mut from, mut to) = (0.0, most);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(from, to);
        match holds(middle) {
            true => from = middle,
            false => to = middle,
        }
    }
    // Where it holds nowhere, nowhere is exact.
    if to < 1e-9 { 0.0 } else { from }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_twenty_lies_beyond_the_deviate_of_every_textbook() {
        assert!((passed_by(0.05) - 1.959_964).abs() < 1e-5);
        assert!((chance_beyond(1.0) - 0.317_311).abs() < 1e-5);
        assert!((passed_by(0.001) - 3.290_527).abs() < 1e-5);
    }

    #[test]
    fn students_deviates_are_those_of_the_tables() {
        let at = |chance: f64, freedom| student(passed_by(chance), freedom);
        for (chance, freedom, table) in [
            (0.05, 5, 2.571),
            (0.05, 9, 2.262),
            (0.05, 59, 2.001),
            (0.001, 5, 6.869),
            (0.001, 9, 4.781),
            (0.001, 29, 3.659),
        ] {
            let found = at(chance, freedom);
            assert!((found / table - 1.0).abs() < 0.01, "{found}, not {table}");
        }
    }
}
