//! How far an order is, and why it ended so.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Placed,
    Confirmed,
    Rejected,
    Cancelled,
}

impl Status {
    pub const ALL: [Status; 4] = [
        Self::Placed,
        Self::Confirmed,
        Self::Rejected,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Placed => false,
            Self::Confirmed | Self::Rejected | Self::Cancelled => true,
        }
    }
}

/// Why an order was rejected or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    OutOfStock,
    InsufficientFunds,
    AccountBlocked,
    NotServiceable,
    Deadline,
    Customer,
}

impl Reason {
    pub const ALL: [Reason; 6] = [
        Self::OutOfStock,
        Self::InsufficientFunds,
        Self::AccountBlocked,
        Self::NotServiceable,
        Self::Deadline,
        Self::Customer,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OutOfStock => "out_of_stock",
            Self::InsufficientFunds => "insufficient_funds",
            Self::AccountBlocked => "account_blocked",
            Self::NotServiceable => "not_serviceable",
            Self::Deadline => "deadline",
            Self::Customer => "customer",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == word)
    }
}
