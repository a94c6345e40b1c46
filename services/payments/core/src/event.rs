//! What can happen in payments.

use crate::state::Charge;
use orders_contract::{CustomerId, OrderFacts, OrderId, Reason};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Deposited {
        deposit_id: Uuid,
        customer: CustomerId,
        amount_minor: i64,
    },
    Blocked {
        customer: CustomerId,
    },
    Held {
        facts: OrderFacts,
    },
    Refused {
        order_id: OrderId,
        charge: Charge,
        reason: Reason,
    },
    /// What was held is available again.
    Released {
        order_id: OrderId,
        charge: Charge,
    },
    /// Nothing was held, and nothing will be.
    Voided {
        order_id: OrderId,
    },
    /// There was nothing to release; said so for whoever waits for the word.
    ReleasedAlready {
        order_id: OrderId,
    },
    Captured {
        order_id: OrderId,
        charge: Charge,
    },
}
