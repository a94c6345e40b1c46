//! Chance without a random stream: hash(seed, fault, message, attempt).
//!
//! The same message meets the same fate in every run of a seed, whatever came before it;
//! sent again, it is another attempt and is decided anew.

use crate::selector::Probability;
use std::collections::{HashMap, VecDeque};

/// Messages whose attempts are remembered. Beyond, the oldest counts from one again.
const ATTEMPTS_REMEMBERED: usize = 65_536;

/// Whether this attempt of this message is among the share.
pub fn chosen(hash: u64, share: Probability) -> bool {
    // The upper 53 bits are a fraction below one, exactly.
    let fraction = (hash >> 11) as f64 / (1_u64 << 53) as f64;
    fraction < share.share()
}

pub fn hash(seed: u64, fault: &str, message: u64, attempt: u32) -> u64 {
    let mut hash = seed ^ 0x9e37_79b9_7f4a_7c15;
    for part in [fingerprint([fault.as_bytes()]), message, u64::from(attempt)] {
        hash = finalize(hash ^ part);
    }
    hash
}

/// One of `all`, by a hash that has chosen already: drawn again, or the share of messages
/// would be a share of places too. `None` of nothing.
pub fn one_of(all: u64, hash: u64) -> Option<u64> {
    finalize(hash).checked_rem(all)
}

/// FNV-1a over the parts, each closed by its length, so that "a", "bc" is not "ab", "c".
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let step = |hash: u64, octet: u8| (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        hash = part.iter().fold(hash, |hash, octet| step(hash, *octet));
        hash = (part.len() as u64)
            .to_be_bytes()
            .into_iter()
            .fold(hash, step);
    }
    hash
}

/// The finalizer of SplitMix64: each bit of the input moves half of the output's.
fn finalize(mut mixed: u64) -> u64 {
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// How often each message was seen by a rule.
#[derive(Debug, Default)]
pub struct Attempts {
    counts: HashMap<u64, u32>,
    oldest: VecDeque<u64>,
}

impl Attempts {
    /// This attempt's number, from one.
    pub fn next(&mut self, message: u64) -> u32 {
        if !self.counts.contains_key(&message) {
            if self.oldest.len() == ATTEMPTS_REMEMBERED
                && let Some(forgotten) = self.oldest.pop_front()
            {
                self.counts.remove(&forgotten);
            }
            self.oldest.push_back(message);
        }
        let count = self.counts.entry(message).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(share: f64) -> Probability {
        Probability::new(share).expect("a share")
    }

    #[test]
    fn a_decision_depends_on_what_is_decided_and_not_on_what_came_before() {
        let decide = |seed, message, attempt| {
            chosen(hash(seed, "lost confirm", message, attempt), share(0.5))
        };
        let run = |seed| (0..64).map(|m| decide(seed, m, 1)).collect::<Vec<_>>();
        let backwards: Vec<_> = (0..64).rev().map(|m| decide(7, m, 1)).collect();
        assert_eq!(run(7), backwards.into_iter().rev().collect::<Vec<_>>());
        assert_ne!(run(7), run(8), "another seed, another run");
        assert_ne!(
            run(7),
            (0..64).map(|m| decide(7, m, 2)).collect::<Vec<_>>(),
            "another attempt is decided anew"
        );
    }

    #[test]
    fn the_share_that_is_asked_for_is_the_share_that_is_chosen() {
        for asked in [0.0, 0.1, 0.5, 0.9, 1.0] {
            let hits = (0..10_000)
                .filter(|m| {
                    let message = fingerprint([&u32::to_be_bytes(*m)[..]]);
                    chosen(hash(1, "f", message, 1), share(asked))
                })
                .count() as f64;
            // Five standard deviations of 10,000 draws are below 0.025.
            assert!((hits / 10_000.0 - asked).abs() < 0.025, "{asked}: {hits}");
        }
    }

    #[test]
    fn attempts_are_counted_by_message_within_a_bound() {
        let mut attempts = Attempts::default();
        assert_eq!(
            (attempts.next(1), attempts.next(1), attempts.next(2)),
            (1, 2, 1)
        );
        for message in 0..3 * ATTEMPTS_REMEMBERED as u64 {
            attempts.next(message);
        }
        assert_eq!(attempts.counts.len(), ATTEMPTS_REMEMBERED);
        assert_eq!(attempts.oldest.len(), ATTEMPTS_REMEMBERED);
    }
}
