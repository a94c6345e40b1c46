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
///
/// A partition is no fault of its own: a consumer is cut off from its queue by
/// [`OnDelivery::Hold`] with the queue selected, publishers from an exchange by
/// [`OnPublish::Drop`] and [`Told::Nothing`] with the exchange selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// To a message on its way to the broker.
    Publish(OnPublish),
    /// To the broker's confirm of a selected publish.
    Confirm(OnConfirm),
    /// To a message on its way to a consumer.
    Delivery(OnDelivery),
    /// To a consumer, a channel or a connection, by what a broker says unasked.
    Broker(OnBroker),
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
    /// It waits until the fault ends, and others pass it by.
    Hold,
    /// The next message of the channel goes before it; after a second without one it goes.
    Reorder,
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
    /// It waits until the fault ends, and others pass it by. Its consumer's end gives it back.
    Hold,
    /// The next message of the channel goes before it; after a second without one it goes.
    Reorder,
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

/// Once to each consumer, channel or connection selected: those that are there, and those
/// that come while the fault lasts. A queue or a consumer selects what has such a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBroker {
    /// `basic.cancel`, to clients that announced `consumer_cancel_notify`. What is on its way
    /// to the consumer goes back to its queue.
    CancelConsumer,
    CloseChannel(ChannelError),
    /// `connection.close` 320, then both sockets.
    CloseConnection,
    /// `connection.blocked`, to clients that announced `connection.blocked`, which are then
    /// not read until the fault ends.
    Blocked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelError {
    /// 404, as for a queue that is gone.
    NotFound,
    /// 406, as for a tag that is settled twice.
    PreconditionFailed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Publish,
    Confirm,
    Delivery,
    Broker,
}

impl Fault {
    pub fn direction(self) -> Direction {
        match self {
            Self::Publish(_) => Direction::Publish,
            Self::Confirm(_) => Direction::Confirm,
            Self::Delivery(_) => Direction::Delivery,
            Self::Broker(_) => Direction::Broker,
        }
    }
}
