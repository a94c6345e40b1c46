//! Proof that a connection was touched.

use crate::rule::Way;
use std::{
    net::SocketAddr,
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};
use tokio::sync::mpsc;

/// One connection, one fault: the first touch, or each for what happens to single chunks
/// and commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The rule's name.
    pub fault: String,
    /// What was done, as [`crate::rule::Fault::label`] says it.
    pub what: &'static str,
    /// Counts from one on each link; 0 is the listener.
    pub connection: u64,
    /// The listener has none: `0.0.0.0:0`.
    pub client: SocketAddr,
    /// For what has a direction.
    pub way: Option<Way>,
    /// Touched by this receipt; a first touch says nothing of those that follow.
    pub octets: u64,
    pub at: SystemTime,
}

/// Where receipts are handed in. A fault is only worked once its receipt has a place: when
/// nobody collects them, octets pass untouched rather than unrecorded.
#[derive(Clone, Debug)]
pub struct Receipts {
    sender: mpsc::Sender<Receipt>,
    refused: Arc<AtomicU64>,
}

/// A place for one receipt.
#[derive(Debug)]
pub(crate) struct Place(mpsc::OwnedPermit<Receipt>);

impl Receipts {
    /// `places` receipts may wait to be collected.
    pub fn channel(places: usize) -> (Self, mpsc::Receiver<Receipt>) {
        let (sender, receiver) = mpsc::channel(places);
        let receipts = Self {
            sender,
            refused: Arc::default(),
        };
        (receipts, receiver)
    }

    pub(crate) fn reserve(&self) -> Option<Place> {
        match self.sender.clone().try_reserve_owned() {
            Ok(permit) => Some(Place(permit)),
            Err(_) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// Times that a fault was not worked because no receipt could be left.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Place {
    pub fn leave(self, receipt: Receipt) {
        self.0.send(receipt);
    }
}
