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

#[cfg(test)]
mod tests {
    use super::*;

    /// The word in the database and in the API is the one on the wire.
    fn on_the_wire(value: impl Serialize) -> String {
        String::from_utf8(decider::encode_tagged(&value)).unwrap()
    }

    #[test]
    fn a_status_has_one_word_everywhere_and_all_but_the_first_are_the_end() {
        for status in Status::ALL {
            assert_eq!(on_the_wire(status), format!("{:?}", status.as_str()));
            assert_eq!(Status::parse(status.as_str()), Some(status));
            assert_eq!(status.is_terminal(), status != Status::Placed);
        }
        assert_eq!(Status::parse("lost"), None);
    }

    #[test]
    fn a_reason_has_one_word_everywhere() {
        for reason in Reason::ALL {
            assert_eq!(on_the_wire(reason), format!("{:?}", reason.as_str()));
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(Reason::parse("weather"), None);
    }
}
