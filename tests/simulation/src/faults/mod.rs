//! What can go wrong, and when it does: each kind of fault has its opportunities, counted;
//! the seed, or a list, says which of them strike.

mod kind;

pub use kind::Fault;

use kind::rate_ppm;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The n-th opportunity of a kind.
pub type Strike = (Fault, u64);

/// What decides which opportunities strike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weather {
    Calm,
    /// By the seed: it leaves out kinds, and makes others frequent.
    Seeded,
    /// These and no others.
    Listed(BTreeSet<Strike>),
}

/// Strikes of one run are at most so many: a storm without end proves nothing more.
const STRIKES_MAX: usize = 20_000;

pub struct Faults {
    seed: u64,
    weather: Weather,
    rates_ppm: [u64; Fault::ALL.len()],
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    storm: bool,
    opportunities: [u64; Fault::ALL.len()],
    receipts: Vec<Receipt>,
}

/// Proof that a fault happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub strike: Strike,
    pub at_us: u64,
}

impl Faults {
    pub fn new(seed: u64, weather: Weather) -> Self {
        let mut rates_ppm = [0; Fault::ALL.len()];
        for (at, fault) in Fault::ALL.into_iter().enumerate() {
            // Swarm testing: two kinds in three, some of them three times as frequent.
            let drawn = mixed(seed, 1_000 + at as u64, 0);
            rates_ppm[at] = match drawn % 6 {
                0 | 1 => 0,
                2 => rate_ppm(fault) / 3,
                3 | 4 => rate_ppm(fault),
                _ => (rate_ppm(fault) * 3).min(900_000),
            };
        }
        Self {
            seed,
            weather,
            rates_ppm,
            book: Mutex::default(),
        }
    }

    /// Before and after the storm nothing strikes.
    pub fn storm(&self, begins: bool) {
        self.lock().storm = begins;
    }

    pub fn strike(&self, fault: Fault, at_us: u64) -> bool {
        self.strike_nth(fault, at_us).is_some()
    }

    /// Which opportunity of its kind this is, if it strikes.
    pub fn strike_nth(&self, fault: Fault, at_us: u64) -> Option<u64> {
        if self.weather == Weather::Calm {
            return None;
        }
        let mut book = self.lock();
        if !book.storm || book.receipts.len() >= STRIKES_MAX {
            return None;
        }
        let at = fault as usize;
        let strike = (fault, book.opportunities[at]);
        book.opportunities[at] += 1;
        let struck = match &self.weather {
            Weather::Calm => false,
            Weather::Seeded => {
                self.rates_ppm[at] > 0
                    && mixed(self.seed, at as u64, strike.1) % 1_000_000 < self.rates_ppm[at]
            }
            Weather::Listed(strikes) => strikes.contains(&strike),
        };
        if struck {
            book.receipts.push(Receipt { strike, at_us });
        }
        struck.then_some(strike.1)
    }

    pub fn receipts(&self) -> Vec<Receipt> {
        self.lock().receipts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number of its own for each (seed, kind, opportunity): leaving out one fault moves no other.
fn mixed(seed: u64, kind: u64, nth: u64) -> u64 {
    use messaging::Entropy;
    let start = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(kind.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(nth.wrapping_mul(0x8cb9_2ba7_2f3d_8dd7));
    messaging::SplitMix::from_seed(start).next_u64()
}
