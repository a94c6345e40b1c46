//! Proof that a message was touched.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};
use tokio::sync::mpsc;

/// One message, one fault, one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The rule's name.
    pub fault: String,
    /// What was done, as [`crate::rule::Fault::label`] says it.
    pub what: &'static str,
    /// Octets that are not UTF-8 are replaced.
    pub message_id: Option<String>,
    pub exchange: String,
    pub routing_key: String,
    pub queue: Option<String>,
    pub channel: u16,
    /// As its client named it.
    pub connection: Option<String>,
    /// Out of the message's `traceparent`: 32 hexadecimal digits.
    pub trace_id: Option<String>,
    pub at: SystemTime,
}

/// Where receipts are handed in. A fault is only worked once its receipt has a place:
/// when nobody collects them, what passes does so untouched rather than unrecorded.
#[derive(Clone, Debug)]
pub struct Receipts<R = Receipt> {
    sender: mpsc::Sender<R>,
    refused: Arc<AtomicU64>,
}

/// A place for one receipt.
#[derive(Debug)]
pub struct Place<R = Receipt>(mpsc::OwnedPermit<R>);

impl<R> Receipts<R> {
    /// `places` receipts may wait to be collected.
    pub fn channel(places: usize) -> (Self, mpsc::Receiver<R>) {
        let (sender, receiver) = mpsc::channel(places);
        let receipts = Self {
            sender,
            refused: Arc::default(),
        };
        (receipts, receiver)
    }

    pub fn reserve(&self) -> Option<Place<R>> {
        match self.sender.clone().try_reserve_owned() {
            Ok(permit) => Some(Place(permit)),
            Err(_) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// Faults that were not worked because no receipt could be left.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl<R> Place<R> {
    pub fn leave(self, receipt: R) {
        self.0.send(receipt);
    }
}
