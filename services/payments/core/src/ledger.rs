//! Double entry: what an event writes into the ledger.

use crate::event::Event;
use orders_contract::CustomerId;
use uuid::Uuid;

/// Where money can be. `Funding` is the world outside, negative by what came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purse {
    Funding,
    Available,
    Held,
    Captured,
}

impl Purse {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Funding => "funding",
            Self::Available => "available",
            Self::Held => "held",
            Self::Captured => "captured",
        }
    }
}

/// One row. The rows of one (`cause`, `kind`) sum to zero, and there is at most one
/// such set: the primary key says so too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The order or the deposit.
    pub cause: Uuid,
    pub kind: &'static str,
    pub purse: Purse,
    pub customer: CustomerId,
    pub amount_minor: i64,
}

/// The entries of an event: none, or two that cancel out.
pub fn entries(event: &Event) -> Vec<Entry> {
    let (cause, kind, from, to, customer, amount_minor) = match event {
        Event::Deposited {
            deposit_id,
            customer,
            amount_minor,
        } => (
            *deposit_id,
            "deposit",
            Purse::Funding,
            Purse::Available,
            customer,
            *amount_minor,
        ),
        Event::Held { facts } => (
            facts.order_id.0,
            "hold",
            Purse::Available,
            Purse::Held,
            &facts.customer,
            facts.total_minor,
        ),
        Event::Released { order_id, charge } => (
            order_id.0,
            "release",
            Purse::Held,
            Purse::Available,
            &charge.customer,
            charge.amount_minor,
        ),
        Event::Captured { order_id, charge } => (
            order_id.0,
            "capture",
            Purse::Held,
            Purse::Captured,
            &charge.customer,
            charge.amount_minor,
        ),
        Event::Blocked { .. }
        | Event::Refused { .. }
        | Event::Voided { .. }
        | Event::ReleasedAlready { .. } => return vec![],
    };
    let entry = |purse, amount_minor| Entry {
        cause,
        kind,
        purse,
        customer: customer.clone(),
        amount_minor,
    };
    vec![entry(from, -amount_minor), entry(to, amount_minor)]
}
