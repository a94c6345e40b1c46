//! Randomness as an argument: only jitter needs it, ids are derived.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random numbers that can be seeded.
pub trait Entropy: Send + Sync + 'static {
    fn next_u64(&self) -> u64;

    /// A number in `0..bound`; 0 when the bound is 0.
    fn below(&self, bound: u64) -> u64 {
        // The bias of a 128-bit multiply is 2^-64 of the bound: nothing for jitter.
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): one atomic add, no lock, good enough to spread retries.
#[derive(Debug)]
pub struct SplitMix(AtomicU64);

impl SplitMix {
    pub const fn from_seed(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Seeded by the operating system, through the generator that UUIDv4 already brings.
    pub fn from_system() -> Self {
        Self::from_seed(uuid::Uuid::new_v4().as_u64_pair().0)
    }
}

impl Entropy for SplitMix {
    fn next_u64(&self) -> u64 {
        const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self
            .0
            .fetch_add(GOLDEN_GAMMA, Ordering::Relaxed)
            .wrapping_add(GOLDEN_GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_all_are_below_the_bound() {
        let (a, b) = (SplitMix::from_seed(7), SplitMix::from_seed(7));
        for _ in 0..1_000 {
            let drawn = a.below(10);
            assert_eq!(drawn, b.below(10));
            assert!(drawn < 10);
        }
        assert_eq!(a.below(0), 0);
    }
}
