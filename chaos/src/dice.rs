//! Choices that depend on the seed and on what is chosen, not on how often was chosen before.

use amqp_proxy::decision::fingerprint;

/// Same seed, same question, same answer.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// From 0 to below `limit`; 0 of nothing.
    pub fn below(&self, question: &str, limit: usize) -> usize {
        match u64::try_from(limit) {
            Ok(limit) if limit > 0 => usize::try_from(self.roll(question) % limit).unwrap_or(0),
            _ => 0,
        }
    }

    /// An id in the form of a UUID of version 4.
    pub fn uuid(&self, question: &str) -> String {
        let (high, low) = (self.roll(question), self.roll(&format!("{question}/low")));
        let variant = 0x8000 | (low >> 48) & 0x3fff;
        format!(
            "{:08x}-{:04x}-4{:03x}-{variant:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low & 0xffff_ffff_ffff
        )
    }

    fn roll(&self, question: &str) -> u64 {
        fingerprint([&self.seed.to_be_bytes()[..], question.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_depends_on_seed_and_question_alone() {
        let below = |seed, question| Dice::new(seed).below(question, 5);
        assert_eq!(below(7, "orders"), below(7, "orders"));
        let seeds: std::collections::BTreeSet<_> =
            (0..64).map(|seed| below(seed, "orders")).collect();
        assert_eq!(seeds.len(), 5, "every option is chosen by some seed");
        assert_eq!(Dice::new(7).below("orders", 0), 0);
    }

    #[test]
    fn an_id_has_the_form_of_one() {
        let id = Dice::new(1).uuid("poison");
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert_ne!(id, Dice::new(2).uuid("poison"));
    }
}
