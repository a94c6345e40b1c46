//! What can go wrong, and when it does: each kind of fault has its opportunities, counted;
//! the seed, or a list, says which of them strike.

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Kinds of faults. The label is what traces, files and figures say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Reorder,
    Duplicate,
    Delay,
    ConnectionLoss,
    LostConfirm,
    LateConfirm,
    Nack,
    Return,
    BrokerCrash,
    BrokerRestart,
    BrokerBlocked,
    StopAtAwait,
    StopBeforeAck,
    StopAfterCommit,
    StopAfterPublish,
    Pause,
    ClockSkew,
    Serialization,
    DiskFull,
    UnknownCommitted,
    UnknownAborted,
    SlowCommit,
    DatabaseRestart,
    LostAnswer,
    Poison,
}

/// Strikes in a million opportunities, in ordinary weather.
const fn rate_ppm(fault: Fault) -> u64 {
    match fault {
        Fault::Reorder => 100_000,
        Fault::Duplicate | Fault::Delay => 30_000,
        Fault::ConnectionLoss => 3_000,
        Fault::LostConfirm | Fault::Nack | Fault::Return => 5_000,
        Fault::LateConfirm => 10_000,
        // At each window of publishes.
        Fault::BrokerCrash => 1_000,
        // Looked at once a second.
        Fault::BrokerRestart | Fault::BrokerBlocked => 30_000,
        Fault::StopAtAwait => 150,
        Fault::StopBeforeAck | Fault::StopAfterCommit | Fault::StopAfterPublish => 3_000,
        // Once a second for each process or database.
        Fault::Pause => 10_000,
        Fault::DatabaseRestart => 8_000,
        // Once a life.
        Fault::ClockSkew => 500_000,
        Fault::Serialization => 10_000,
        Fault::DiskFull => 5_000,
        Fault::UnknownCommitted | Fault::UnknownAborted => 5_000,
        Fault::SlowCommit => 1_000,
        Fault::LostAnswer => 50_000,
        // At each message that reaches a queue.
        Fault::Poison => 1_000,
    }
}

impl Fault {
    pub const ALL: [Fault; 25] = [
        Self::Reorder,
        Self::Duplicate,
        Self::Delay,
        Self::ConnectionLoss,
        Self::LostConfirm,
        Self::LateConfirm,
        Self::Nack,
        Self::Return,
        Self::BrokerCrash,
        Self::BrokerRestart,
        Self::BrokerBlocked,
        Self::StopAtAwait,
        Self::StopBeforeAck,
        Self::StopAfterCommit,
        Self::StopAfterPublish,
        Self::Pause,
        Self::ClockSkew,
        Self::Serialization,
        Self::DiskFull,
        Self::UnknownCommitted,
        Self::UnknownAborted,
        Self::SlowCommit,
        Self::DatabaseRestart,
        Self::LostAnswer,
        Self::Poison,
    ];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Reorder => "message out of order",
            Self::Duplicate => "message routed twice",
            Self::Delay => "message delayed",
            Self::ConnectionLoss => "connection lost",
            Self::LostConfirm => "confirm lost",
            Self::LateConfirm => "confirm late",
            Self::Nack => "publish nacked",
            Self::Return => "message returned",
            Self::BrokerCrash => "broker crashed before its confirms",
            Self::BrokerRestart => "broker restarted",
            Self::BrokerBlocked => "broker blocked publishers",
            Self::StopAtAwait => "process stopped at an await",
            Self::StopBeforeAck => "process stopped between commit and ack",
            Self::StopAfterCommit => "process stopped between commit and publish",
            Self::StopAfterPublish => "process stopped between publish and confirm",
            Self::Pause => "process paused",
            Self::ClockSkew => "clock wrong",
            Self::Serialization => "serialization failure",
            Self::DiskFull => "disk full",
            Self::UnknownCommitted => "commit done, answer lost",
            Self::UnknownAborted => "commit not done, answer lost",
            Self::SlowCommit => "commit slower than its timeout",
            Self::DatabaseRestart => "database restarted",
            Self::LostAnswer => "answer to the client lost",
            Self::Poison => "message that nobody can read",
        }
    }
}

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
