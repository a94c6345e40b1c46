//! The difference of two shares: Newcombe's interval, which holds for rare happenings too, with Rao's and Scott's
//! correction, because happenings come together: an outage fails a hundred orders, and is one outage.

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub count: f64,
    pub of: f64,
    /// How many times more it varies between slices than if each order were by itself; at least 1.
    pub design_effect: f64,
}

impl Share {
    /// Each by itself.
    pub fn plain(count: f64, of: f64) -> Self {
        Self {
            count,
            of,
            design_effect: 1.0,
        }
    }

    /// From the slices of a run: how many happened, of how many.
    pub fn of_slices(slices: &[(f64, f64)]) -> Self {
        let plain = Self::plain(
            slices.iter().map(|(count, _)| count).sum(),
            slices.iter().map(|(_, of)| of).sum(),
        );
        let (share, n) = (plain.of_all(), slices.len() as f64);
        let alone = share * (1.0 - share) / plain.of;
        if n < 2.0 || alone <= 0.0 || alone.is_nan() {
            return plain;
        }
        let apart = |(count, of): &(f64, f64)| (count - share * of).powi(2);
        let together =
            n / (n - 1.0) * slices.iter().map(apart).sum::<f64>() / (plain.of * plain.of);
        Self {
            design_effect: (together / alone).max(1.0),
            ..plain
        }
    }

    /// 0 to 1; nothing of nothing is nothing.
    pub fn of_all(&self) -> f64 {
        match self.of > 0.0 {
            true => self.count / self.of,
            false => 0.0,
        }
    }

    /// Wilson's interval, of as many orders by themselves as these are worth.
    fn interval(&self, deviate: f64) -> (f64, f64) {
        let (share, square) = (self.of_all(), deviate * deviate);
        let n = (self.of / self.design_effect).max(f64::MIN_POSITIVE);
        let middle = share + square / (2.0 * n);
        let reach = deviate * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
        let whole = 1.0 + square / n;
        // Rounding must not put an end on the wrong side of the share.
        let (from, to) = ((middle - reach) / whole, (middle + reach) / whole);
        (from.clamp(0.0, share), to.clamp(share, 1.0))
    }
}

/// Of B's share less A's.
pub fn interval(a: &Share, b: &Share, deviate: f64) -> (f64, f64) {
    let (share_a, share_b) = (a.of_all(), b.of_all());
    let ((from_a, to_a), (from_b, to_b)) = (a.interval(deviate), b.interval(deviate));
    let difference = share_b - share_a;
    (
        difference - (share_b - from_b).hypot(to_a - share_a),
        difference + (to_b - share_b).hypot(share_a - from_a),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_newcombes() {
        // His example: 56 of 70 against 48 of 80, 0.0524 to 0.3339.
        let (from, to) = interval(&Share::plain(48.0, 80.0), &Share::plain(56.0, 70.0), 1.96);
        assert!((from - 0.0524).abs() < 1e-3, "{from}");
        assert!((to - 0.3339).abs() < 1e-3, "{to}");
    }

    #[test]
    fn one_more_of_thousands_is_chance_and_twenty_more_are_not() {
        let leaves_zero_out = |count| {
            let (from, _) = interval(
                &Share::plain(0.0, 3_000.0),
                &Share::plain(count, 3_000.0),
                1.96,
            );
            from > 0.0
        };
        assert!(!leaves_zero_out(1.0));
        assert!(leaves_zero_out(20.0));
    }

    #[test]
    fn what_happens_all_at_once_weighs_less_than_what_happens_now_and_then() {
        let spread = vec![(2.0, 100.0); 30];
        let mut at_once = vec![(0.0, 100.0); 30];
        at_once[7] = (60.0, 100.0);
        let (spread, at_once) = (Share::of_slices(&spread), Share::of_slices(&at_once));
        assert_eq!(spread.design_effect, 1.0);
        assert_eq!(spread.of_all(), at_once.of_all());
        assert!(at_once.design_effect > 30.0, "{}", at_once.design_effect);
    }

    #[test]
    fn the_same_share_differs_by_nothing_and_nothing_of_nothing_is_no_mistake() {
        for share in [
            Share::plain(0.0, 10.0),
            Share::plain(7.0, 10.0),
            Share::plain(0.0, 0.0),
        ] {
            let (from, to) = interval(&share, &share, 1.96);
            assert!(from <= 0.0 && 0.0 <= to, "{from} {to}");
        }
    }
}
