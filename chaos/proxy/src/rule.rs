//! A fault as data: which messages, and what becomes of them.

use crate::selector::Selector;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The fault's name, in receipts and in decisions.
    pub name: String,
    pub seed: u64,
    pub which: Selector,
    pub fault: Fault,
}

/// The direction is part of the fault: not everything can be done to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// To a message on its way to the broker.
    Publish(OnPublish),
    /// To the broker's confirm of a selected publish.
    Confirm(OnConfirm),
    /// To a message on its way to a consumer.
    Delivery(OnDelivery),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnPublish {
    Drop(Told),
    Delay(Duration),
    Duplicate,
    /// As if no queue wanted it: sent back if it was `mandatory`, and then acked. A publish
    /// that is not mandatory passes.
    Return,
    /// One bit of the body is another. A body of no octets passes.
    Mutate,
}

/// What a publisher in confirm mode is told of a message that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Ack,
    Nack,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConfirm {
    Drop,
    Delay(Duration),
    /// The broker has the message, and the client is told that it has not.
    Nack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelivery {
    Drop(Upstream),
    Delay(Duration),
    Duplicate,
    /// One bit of the body is another. A body of no octets passes.
    Mutate,
}

/// What the broker is told of a delivery that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// Nothing: it stays unacknowledged until the channel closes.
    Nothing,
    Requeue,
    /// Rejected: dead-lettered where the queue says so.
    Reject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Publish,
    Confirm,
    Delivery,
}

impl Fault {
    pub fn direction(self) -> Direction {
        match self {
            Self::Publish(_) => Direction::Publish,
            Self::Confirm(_) => Direction::Confirm,
            Self::Delivery(_) => Direction::Delivery,
        }
    }
}
