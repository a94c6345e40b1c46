//! `verdict.json`: what a run's files come to.

use std::collections::BTreeMap;

use checkers::sometimes::Sometimes;
use checkers::{Evidence, Report, Verdict};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::Phase;
use crate::tally::Load;
use crate::workload::threshold::{Judged, ThresholdVerdict};

/// `verdict.json`: what a run's files come to
#[derive(Debug, Serialize, JsonSchema)]
pub struct Judgement {
    /// Over all claims and every doubt
    #[schemars(extend("enum" = ["valid", "invalid", "unknown"]))]
    pub verdict: &'static str,
    pub seed: u64,
    /// The run's name, with which all its customers and goods begin
    pub run: String,
    /// Why it is not valid, beside the claims
    pub why: Vec<String>,
    pub claims: Vec<ClaimJudgement>,
    /// Beside the verdict: that is about promises
    pub thresholds: Vec<Judged>,
    /// What a run must have met to have tested it
    pub sometimes: Vec<Sometimes>,
    /// Processes killed, by service
    pub kills: BTreeMap<String, u64>,
    /// From the last fault to the steady state; nothing where none was seen to recover
    pub recovery_ms: Option<u64>,
    pub load: Load,
    pub phases: Vec<Phase>,
}

/// One claim
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClaimJudgement {
    /// I1 to I19
    pub id: &'static str,
    pub title: &'static str,
    #[schemars(extend("enum" = ["valid", "invalid", "unknown"]))]
    pub verdict: &'static str,
    /// What was looked at, counted
    pub examined: String,
    /// Figures of single things, e.g. of each fault; they decide nothing
    pub details: Vec<String>,
    /// How many are wrong: the evidence has the first of them
    pub wrong: u64,
    pub evidence: Vec<Evidence>,
    /// Why it is unknown
    pub why: Vec<String>,
}

/// Of what is written, not of what is read: a member that is always there is required.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let generator = settings.into_generator();
    generator.into_root_schema_for::<Judgement>().into()
}

impl Judgement {
    /// 0: every claim and every threshold holds; 1: a claim is invalid or a threshold is crossed; 2: something of it is
    /// unknown.
    pub fn exit_code(&self) -> u8 {
        let has = |verdict| {
            self.thresholds
                .iter()
                .any(|judged| judged.verdict == verdict)
        };
        match self.verdict {
            "invalid" => 1,
            _ if has(ThresholdVerdict::Crossed) => 1,
            "valid" if !has(ThresholdVerdict::Unknown) => 0,
            _ => 2,
        }
    }
}

impl From<Report> for ClaimJudgement {
    fn from(report: Report) -> Self {
        let verdict = report.verdict.label();
        let (evidence, why) = match report.verdict {
            Verdict::Valid => (Vec::new(), Vec::new()),
            Verdict::Invalid(evidence) => (evidence, Vec::new()),
            Verdict::Unknown(why) => (Vec::new(), why),
        };
        Self {
            id: report.claim.id,
            title: report.claim.title,
            verdict,
            examined: report.examined,
            details: report.details,
            wrong: report.wrong,
            evidence,
            why,
        }
    }
}
