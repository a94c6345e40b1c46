//! What can happen next, by name.

use crate::{bits::Bits, carelessness::Slip};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A letter reaches its participant, which commits what it decides.
    Deliver(usize, Fate),
    /// The relay publishes rows that were left in an outbox.
    Publish(Bits),
    Cancel(Uuid, Fate),
    Deadline(Uuid, Fate),
    /// Only where [`Carelessness`] lets it happen.
    Slip(Slip),
}

/// What follows a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Published and acknowledged.
    Well,
    /// Published; the message comes again: a stop before the acknowledgement, a lost
    /// connection, or a duplicate.
    Unacknowledged,
    /// Acknowledged; the rows stay in the outbox: a nack, no connection, a full lane.
    Unpublished,
    /// Acknowledged and published, and the rows stay in the outbox: a lost confirm. The
    /// relay publishes them again.
    Unconfirmed,
    /// Neither: a stop right after the commit.
    Stopped,
}

impl Fate {
    pub(crate) const ALL: [Fate; 5] = [
        Self::Well,
        Self::Unacknowledged,
        Self::Unpublished,
        Self::Unconfirmed,
        Self::Stopped,
    ];

    pub(crate) fn is_acknowledged(self) -> bool {
        match self {
            Self::Well | Self::Unpublished | Self::Unconfirmed => true,
            Self::Unacknowledged | Self::Stopped => false,
        }
    }

    pub(crate) fn is_published(self) -> bool {
        match self {
            Self::Well | Self::Unacknowledged | Self::Unconfirmed => true,
            Self::Unpublished | Self::Stopped => false,
        }
    }

    pub(crate) fn leaves_rows(self) -> bool {
        match self {
            Self::Well | Self::Unacknowledged => false,
            Self::Unpublished | Self::Unconfirmed | Self::Stopped => true,
        }
    }
}
