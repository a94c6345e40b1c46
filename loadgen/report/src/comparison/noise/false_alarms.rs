//! Dozens of figures are looked at, and of those some lie far out by chance alone: at 95 % each, one in twenty. So the
//! bar is raised until of those above it at most one in twenty is there by chance (Benjamini and Hochberg, 1995); the
//! intervals are as wide as the bar is high (Benjamini and Yekutieli, 2005).

use super::deviates::{chance_beyond, passed_by};

/// Of the differences that are told, so many may be chance.
pub const FALSE_SHARE: f64 = 0.05;

/// The deviate that a difference must pass, by the deviates of all differences.
pub fn bar(deviates: &[f64]) -> f64 {
    let mut chances: Vec<f64> = deviates
        .iter()
        .map(|deviate| chance_beyond(*deviate))
        .collect();
    chances.sort_by(f64::total_cmp);
    let figures = chances.len().max(1) as f64;
    let allowed = |rank: usize| rank as f64 * FALSE_SHARE / figures;
    let above = chances
        .iter()
        .enumerate()
        .rposition(|(nth, chance)| *chance <= allowed(nth + 1))
        .map_or(1, |nth| nth + 1);
    passed_by(allowed(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_figure_alone_has_the_bar_of_every_textbook() {
        assert!((bar(&[0.3]) - 1.96).abs() < 1e-3);
        assert!((bar(&[]) - 1.96).abs() < 1e-3);
    }

    #[test]
    fn many_figures_of_which_none_differs_raise_the_bar() {
        // 2.5 would pass alone, and among forty it is no wonder.
        let mut deviates = vec![0.5; 39];
        deviates.push(2.5);
        assert!(bar(&deviates) > 2.5, "{}", bar(&deviates));
    }

    #[test]
    fn where_most_figures_differ_the_bar_is_low() {
        let mut deviates = vec![6.0; 39];
        deviates.push(2.5);
        assert!(bar(&deviates) < 2.5, "{}", bar(&deviates));
    }
}
