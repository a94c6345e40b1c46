//! The transitions of a saga, and what each asks of the participants.

use crate::state::Verdict;
use orders_contract::{OrderFacts, OrderId, Reason, Status};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Started {
        facts: OrderFacts,
    },
    StockReserved {
        facts: OrderFacts,
    },
    PaymentHeld {
        facts: OrderFacts,
    },
    PivotPassed {
        order_id: OrderId,
    },
    PaymentCaptured {
        order_id: OrderId,
    },
    StockDispatched {
        order_id: OrderId,
    },
    /// Captured and dispatched.
    Completed {
        order_id: OrderId,
    },
    /// Put to the owner of the pivot.
    CancelAsked {
        order_id: OrderId,
        reason: Reason,
    },
    /// A participant refused, or the pivot is voided: undo what may be done.
    CompensationStarted {
        order_id: OrderId,
        verdict: Verdict,
        stock: bool,
        payment: bool,
    },
    StockReleased {
        order_id: OrderId,
    },
    PaymentReleased {
        order_id: OrderId,
    },
    /// Nothing is held or reserved.
    Undone {
        order_id: OrderId,
        verdict: Verdict,
    },
    /// The deadline came again: what is still unanswered is asked again.
    AskedAgain {
        order_id: OrderId,
        asks: Vec<Ask>,
    },
    Closed {
        order_id: OrderId,
        status: Status,
    },
}

/// A command that needs no more than the order's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    CapturePayment,
    DispatchStock,
    ReleaseStock,
    ReleasePayment,
    VoidShipment(Reason),
    ConfirmOrder,
    CloseOrder(Verdict),
}

impl Event {
    pub fn order_id(&self) -> OrderId {
        match self {
            Self::Started { facts }
            | Self::StockReserved { facts }
            | Self::PaymentHeld { facts } => facts.order_id,
            Self::PivotPassed { order_id }
            | Self::PaymentCaptured { order_id }
            | Self::StockDispatched { order_id }
            | Self::Completed { order_id }
            | Self::CancelAsked { order_id, .. }
            | Self::CompensationStarted { order_id, .. }
            | Self::StockReleased { order_id }
            | Self::PaymentReleased { order_id }
            | Self::Undone { order_id, .. }
            | Self::AskedAgain { order_id, .. }
            | Self::Closed { order_id, .. } => *order_id,
        }
    }
}
