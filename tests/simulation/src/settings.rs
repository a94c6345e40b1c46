//! What one run is, wholly: the same settings give the same run.

use crate::{faults::Weather, world::Aim};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub struct Settings {
    pub seed: u64,
    pub orders: usize,
    pub weather: Weather,
    pub variant: Variant,
    pub aim: Option<Aim>,
    /// Whether to keep a line of each event.
    pub record: bool,
}

/// Mistakes planted in the servers the pipeline relies on, to see them caught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// None: the product as it is.
    #[default]
    Faithful,
    /// The inbox forgets what it was told.
    ForgetfulInbox,
    /// Messages that were lost are confirmed.
    LyingConfirms,
    /// The outbox is not written in the transaction of the effect, and sometimes not at all.
    LeakyOutbox,
    /// Only the effect is committed; what it cost is left out of the ledger now and then.
    LossyLedger,
    /// The offset is stored first and the rows after it.
    OffsetFirst,
}

/// At least so many in a run.
pub const ORDERS: usize = 50;

impl Settings {
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            orders: ORDERS,
            weather: Weather::Seeded,
            variant: Variant::Faithful,
            aim: None,
            record: false,
        }
    }

    pub fn calm(seed: u64, orders: usize) -> Self {
        Self {
            orders,
            weather: Weather::Calm,
            ..Self::seeded(seed)
        }
    }
}
