//! What payments knows.

use orders_contract::{CustomerId, OrderId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The slice of payments' world that the commands at hand touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    pub accounts: BTreeMap<CustomerId, Account>,
    pub payments: BTreeMap<OrderId, Payment>,
    /// By the id that the customer's idempotency key gives.
    pub deposits: BTreeMap<Uuid, Deposit>,
}

/// `available` and `held` are balances now, `captured` and `refunded` totals for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Account {
    pub available_minor: i64,
    pub held_minor: i64,
    pub captured_minor: i64,
    pub refunded_minor: i64,
    pub blocked: bool,
}

/// What became of the payment of one order. An order that is not there was never heard of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Payment {
    Held(Charge),
    Released(Charge),
    Captured(Charge),
    /// No funds, or a blocked account.
    Refused(Charge),
    /// A tombstone: released before anything was held.
    Voided,
}

/// Whose money, and how much.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Charge {
    pub customer: CustomerId,
    pub amount_minor: i64,
}

impl Payment {
    /// The word in the database and in metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Released(_) => "released",
            Self::Captured(_) => "captured",
            Self::Refused(_) => "refused",
            Self::Voided => "voided",
        }
    }

    pub const fn charge(&self) -> Option<&Charge> {
        match self {
            Self::Held(charge)
            | Self::Released(charge)
            | Self::Captured(charge)
            | Self::Refused(charge) => Some(charge),
            Self::Voided => None,
        }
    }
}

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deposit {
    pub customer: CustomerId,
    pub amount_minor: i64,
}
