//! Who asks the next participant: its predecessor's event, or the orchestrator.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How the saga of one order is coordinated. Chosen per order; travels in every
/// envelope and as the last word of every routing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coordination {
    /// A participant reacts to its predecessor's event.
    Choreography,
    /// The orchestrator reacts to the same event and sends the next command.
    Orchestration,
}

impl Coordination {
    pub const ALL: [Coordination; 2] = [Self::Choreography, Self::Orchestration];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Choreography => "choreography",
            Self::Orchestration => "orchestration",
        }
    }
}

impl fmt::Display for Coordination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word is neither `choreography` nor `orchestration`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown coordination {0:?}: use \"choreography\" or \"orchestration\"")]
pub struct UnknownCoordination(pub String);

impl FromStr for Coordination {
    type Err = UnknownCoordination;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|coordination| coordination.as_str() == word)
            .ok_or_else(|| UnknownCoordination(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordination_is_one_word_on_the_wire_and_back() {
        let words = ["choreography", "orchestration"];
        assert_eq!(Coordination::ALL.map(Coordination::as_str), words);
        for coordination in Coordination::ALL {
            assert_eq!(coordination.to_string().parse(), Ok(coordination));
        }
        let unknown = UnknownCoordination("Choreography".to_owned());
        assert_eq!("Choreography".parse::<Coordination>(), Err(unknown));
    }
}
