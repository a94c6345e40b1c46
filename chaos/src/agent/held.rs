//! One fault of an experiment, from its order to its end.

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::metrics;
use super::site::Site;
use crate::fault::{FaultError, Hold, Injected, Order};
use crate::receipt::Receipt;

pub struct Held {
    pub order: Order,
    pub until: Instant,
    hold: Option<Box<dyn Hold>>,
    receipts: Vec<Receipt>,
    dropped: u64,
    doubt: Option<String>,
}

/// A journal of more is read by nobody; the rest is counted.
const RECEIPTS_MAX: usize = 10_000;

/// What the agent tells of a fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    pub fault: String,
    pub name: String,
    pub is_over: bool,
    pub left_ms: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// All there were, also those that found no room.
    pub touched: u64,
    /// What of it was not done, or may not have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

impl Held {
    pub fn new(order: Order, injected: Injected) -> Self {
        let mut held = Self {
            until: Instant::now() + order.longest(),
            order,
            hold: injected.hold,
            receipts: Vec::new(),
            dropped: 0,
            doubt: injected.doubt.map(|error| error.to_string()),
        };
        metrics::FAULTS_BEGUN.add(1, &[&held.order.fault]);
        // From the start, so that a rate has a beginning.
        metrics::FAULTS_ENDED.add(u64::from(held.is_over()), &[&held.order.fault]);
        held.keep(injected.receipts);
        held
    }

    pub fn is_over(&self) -> bool {
        self.hold.is_none()
    }

    pub fn is_due(&self, now: Instant) -> bool {
        !self.is_over() && self.until <= now
    }

    /// Stays in force until it succeeds.
    pub async fn heal(&mut self, site: &Site) -> Result<(), FaultError> {
        if let Some(hold) = &mut self.hold {
            hold.heal(site).await?;
            self.doubt = self.doubt.take().or_else(|| hold.doubt());
            self.hold = None;
            metrics::FAULTS_ENDED.add(1, &[&self.order.fault]);
        }
        Ok(())
    }

    pub fn tell(&mut self, site: &Site) -> Told {
        let standing = self.tell_standing(site);
        Told {
            receipts: self.receipts.clone(),
            ..standing
        }
    }

    /// Without the receipts: they are many, and who asks every second wants their number.
    pub fn tell_standing(&mut self, site: &Site) -> Told {
        self.keep(site.collected.take(&self.order.name));
        let left = self.until.saturating_duration_since(Instant::now());
        Told {
            fault: self.order.fault.clone(),
            name: self.order.name.clone(),
            is_over: self.is_over(),
            left_ms: if self.is_over() {
                0
            } else {
                left.as_millis() as u64
            },
            receipts: Vec::new(),
            touched: self.receipts.len() as u64 + self.dropped,
            doubt: self.doubt.clone(),
        }
    }

    fn keep(&mut self, new: Vec<Receipt>) {
        metrics::FAULT_RECEIPTS.add(new.len() as u64, &[&self.order.fault]);
        let room = RECEIPTS_MAX.saturating_sub(self.receipts.len());
        self.dropped += new.len().saturating_sub(room) as u64;
        self.receipts.extend(new.into_iter().take(room));
    }
}
