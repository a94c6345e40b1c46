//! Choices that depend on the seed and on what is chosen, not on how often was chosen before.

/// Same seed, same question, same answer.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// One of `options`, or `None` of none.
    pub fn pick<'a, T>(&self, question: &str, options: &'a [T]) -> Option<&'a T> {
        let len = u64::try_from(options.len()).ok().filter(|len| *len > 0)?;
        options.get(usize::try_from(self.roll(question) % len).ok()?)
    }

    fn roll(&self, question: &str) -> u64 {
        // FNV-1a over the question, then the finalizer of SplitMix64 with the seed.
        let text = question
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        let mut mixed = text ^ self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_depends_on_seed_and_question_alone() {
        let options = [1, 2, 3, 4, 5];
        let pick = |seed, question| Dice::new(seed).pick(question, &options).copied();
        assert_eq!(pick(7, "orders"), pick(7, "orders"));
        let seeds: std::collections::BTreeSet<_> =
            (0..64).map(|seed| pick(seed, "orders")).collect();
        assert_eq!(
            seeds.len(),
            options.len(),
            "every option is chosen by some seed"
        );
        assert_eq!(Dice::new(7).pick::<u8>("orders", &[]), None);
    }
}
