//! How an order can end, in the words of the public API.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Placed,
    Confirmed,
    Rejected,
    Cancelled,
}

/// How an order ended: a status, and the reason where there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outcome {
    pub status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Status {
    pub fn parse(text: &str) -> Option<Status> {
        match text {
            "placed" => Some(Status::Placed),
            "confirmed" => Some(Status::Confirmed),
            "rejected" => Some(Status::Rejected),
            "cancelled" => Some(Status::Cancelled),
            _ => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Status::Placed => "placed",
            Status::Confirmed => "confirmed",
            Status::Rejected => "rejected",
            Status::Cancelled => "cancelled",
        }
    }

    pub fn is_terminal(self) -> bool {
        !matches!(self, Status::Placed)
    }
}

impl Outcome {
    pub fn confirmed() -> Self {
        Self {
            status: Status::Confirmed,
            reason: None,
        }
    }

    pub fn rejected(reason: &str) -> Self {
        Self {
            status: Status::Rejected,
            reason: Some(reason.into()),
        }
    }

    pub fn cancelled(reason: &str) -> Self {
        Self {
            status: Status::Cancelled,
            reason: Some(reason.into()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "{}/{reason}", self.status),
            None => write!(f, "{}", self.status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_word_there_and_back_and_all_but_the_first_are_the_end() {
        use Status::{Cancelled, Confirmed, Placed, Rejected};
        for status in [Placed, Confirmed, Rejected, Cancelled] {
            assert_eq!(Status::parse(status.label()), Some(status));
            assert_eq!(status.is_terminal(), status != Placed);
        }
        assert_eq!(Status::parse("lost"), None);
    }

    #[test]
    fn an_outcome_is_a_status_and_its_reason() {
        let outcomes = [Outcome::confirmed(), Outcome::cancelled("deadline")];
        let words = outcomes.map(|outcome| outcome.to_string());
        assert_eq!(words, ["confirmed", "cancelled/deadline"]);
    }
}
