//! How many may yet lose their lives. Each is taken before the fault is worked: of two faults at once, only one finds the
//! last of them.

use std::sync::atomic::{AtomicU32, Ordering};

pub struct Kills(AtomicU32);

impl Kills {
    pub fn new(max: u32) -> Self {
        Self(AtomicU32::new(max))
    }

    /// As many as are wanted, or all that are left.
    pub fn take(&self, wanted: u32) -> u32 {
        let less = |left: u32| Some(left.saturating_sub(wanted));
        let found = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        found.unwrap_or_else(|left| left).min(wanted)
    }

    /// Of those that were taken, the ones who live.
    pub fn give_back(&self, spared: u32) {
        self.0.fetch_add(spared, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_what_another_has_taken() {
        let kills = Kills::new(3);
        assert_eq!([kills.take(2), kills.take(2), kills.take(2)], [2, 1, 0]);
        kills.give_back(1);
        assert_eq!(kills.take(2), 1);
    }
}
