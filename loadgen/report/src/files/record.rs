//! `run.json` and `verdict.json`, as far as a report needs them. A run of another day may lack a field or have more.

use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Record {
    pub seed: u64,
    pub started_ms: u64,
    #[serde(default)]
    pub method: Option<String>,
    /// As its file has it; a run of before there were any has none.
    #[serde(default)]
    pub workload: Value,
    /// The name of the run that was sent again.
    #[serde(default)]
    pub replay_of: Option<String>,
    /// What was typed, word by word.
    #[serde(default)]
    pub command: Vec<String>,
    #[serde(default)]
    pub phases: Vec<Phase>,
    #[serde(default)]
    pub recovery_ms: Option<u64>,
    #[serde(default)]
    pub load: Load,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Phase {
    pub name: String,
    pub started_ms: u64,
    pub ended_ms: u64,
}

/// Who decided when the next order came: the schedule, or in a closed loop the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    #[default]
    Open,
    Closed,
}

impl Pace {
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "open loop",
            Self::Closed => "closed loop",
        }
    }

    /// For the head of a page, whose latencies mean something else in a closed loop.
    pub fn head(self) -> &'static str {
        match self {
            Self::Open => "open loop",
            Self::Closed => "closed loop: latencies look better than customers would find them",
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Load {
    pub pace: Pace,
    pub rate_intended: f64,
    pub seconds: f64,
    pub failed: u64,
    pub unknown: u64,
    pub late: u64,
    pub latest_ms: f64,
    pub dropped: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Judgement {
    pub verdict: String,
    #[serde(default)]
    pub run: String,
    #[serde(default)]
    pub why: Vec<String>,
    #[serde(default)]
    pub claims: Vec<ClaimJudgement>,
    #[serde(default)]
    pub thresholds: Vec<ThresholdJudgement>,
    #[serde(default)]
    pub sometimes: Vec<Seen>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct ClaimJudgement {
    pub id: String,
    pub title: String,
    pub verdict: String,
    pub examined: String,
    /// Figures of single things, which decide nothing.
    #[serde(default)]
    pub details: Vec<String>,
    #[serde(default)]
    pub wrong: u64,
    #[serde(default)]
    pub evidence: Vec<EvidenceRow>,
    #[serde(default)]
    pub why: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct EvidenceRow {
    pub subject: String,
    pub place: String,
    pub expected: String,
    pub found: String,
    /// Unix ms.
    #[serde(default)]
    pub at_ms: Option<u64>,
    #[serde(default)]
    pub trace_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct ThresholdJudgement {
    /// `p99 < 60ms`
    pub threshold: String,
    /// Held, crossed or unknown.
    pub verdict: String,
    /// The figure, or why there is none.
    pub found: String,
}

/// Something a run must have met to have tested it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Seen {
    pub name: String,
    pub seen: u64,
}
