//! Choices as hash(seed, operation, question): one operation's choices do not depend on another's timing.

/// Same seed, same operation, same question: same answer.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Other dice of the same seed, for another purpose.
    pub fn salted(self, salt: &str) -> Self {
        Self {
            seed: self.roll(0, salt),
        }
    }

    pub fn roll(self, op: u64, question: &str) -> u64 {
        // FNV-1a over the question, then SplitMix64's finalizer over it, the operation and the seed.
        let text = question
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        mix(mix(text ^ self.seed).wrapping_add(op.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// In [0, 1).
    pub fn fraction(self, op: u64, question: &str) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.roll(op, question) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// In 0..n; 0 when there is nothing to choose from.
    pub fn below(self, n: u64, op: u64, question: &str) -> u64 {
        if n == 0 {
            0
        } else {
            self.roll(op, question) % n
        }
    }

    /// In 0..n, small numbers more often: the k-th as often as 1/k to the power `skew`, like products in a shop.
    pub fn zipf(self, n: u64, skew: f64, op: u64, question: &str) -> u64 {
        let (end, fraction) = (n as f64 + 1.0, self.fraction(op, question));
        // The inverse of the continuous 1/x^skew distribution over [1, n + 1).
        let power = 1.0 - skew;
        let rank = match power.abs() < 1e-9 {
            true => (end.ln() * fraction).exp(),
            false => (1.0 + (end.powf(power) - 1.0) * fraction).powf(1.0 / power),
        };
        (rank as u64).saturating_sub(1).min(n.saturating_sub(1))
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer() {
        let (left, right) = (Dice::new(7), Dice::new(7));
        assert_eq!(left.roll(3, "customer"), right.roll(3, "customer"));
        assert_ne!(left.roll(3, "customer"), left.roll(4, "customer"));
        assert_ne!(left.roll(3, "customer"), left.roll(3, "country"));
        assert_ne!(left.roll(3, "customer"), Dice::new(8).roll(3, "customer"));
    }

    #[test]
    fn fractions_fill_their_interval_evenly() {
        let dice = Dice::new(1);
        let below_half = (0..10_000)
            .filter(|op| dice.fraction(*op, "x") < 0.5)
            .count();
        assert!((4_700..5_300).contains(&below_half), "{below_half}");
    }

    #[test]
    fn popular_things_are_popular_and_the_last_is_chosen_too() {
        let dice = Dice::new(1);
        let mut counts = [0_u32; 20];
        (0..20_000).for_each(|op| counts[dice.zipf(20, 1.0, op, "sku") as usize] += 1);
        assert!(counts[0] > 3 * counts[5], "{counts:?}");
        assert!(counts[19] > 0, "{counts:?}");
    }

    #[test]
    fn more_skew_is_more_of_the_popular_and_none_is_all_the_same() {
        let dice = Dice::new(1);
        let first = |skew: f64| {
            let nth = |op| dice.zipf(20, skew, op, "sku");
            (0..20_000).filter(|op| nth(*op) == 0).count()
        };
        let counts = [0.0, 0.5, 1.0, 2.0].map(first);
        assert!(counts.is_sorted_by(|less, more| less < more), "{counts:?}");
        assert!((900..1_100).contains(&counts[0]), "{counts:?}");
    }
}
