//! What of a judgement can pass or fail by itself.

use crate::folder::{ClaimJudgement, Judgement};
use crate::workload::threshold::{Judged, ThresholdVerdict};

/// What JUnit calls a failure is wrong; an error is what could not be told.
pub enum Result {
    Passed,
    Failed { kind: &'static str, told: String },
    Error { told: String },
}

pub struct Case<'a> {
    pub class: &'static str,
    pub name: String,
    pub result: Result,
    /// What was looked at.
    pub said: &'a str,
}

pub fn cases(judgement: &Judgement) -> Vec<Case<'_>> {
    let claims = judgement.claims.iter().map(of_claim);
    let thresholds = judgement.thresholds.iter().map(of_threshold);
    let mut cases = vec![of_run(judgement)];
    cases.extend(claims.chain(thresholds));
    cases
}

/// Doubts are of no claim: a run in which all of them hold may still prove nothing.
fn of_run(judgement: &Judgement) -> Case<'static> {
    let nobody_looked = judgement.claims.is_empty();
    let result = match judgement.why.as_slice() {
        [] if nobody_looked => Result::Error {
            told: "no claim was judged".into(),
        },
        [] => Result::Passed,
        doubts => Result::Error {
            told: doubts.join("\n"),
        },
    };
    Case {
        class: "run",
        name: "nothing about the run is in doubt".into(),
        result,
        said: "",
    }
}

fn of_claim(claim: &ClaimJudgement) -> Case<'_> {
    let result = match claim.verdict {
        "valid" => Result::Passed,
        "invalid" => Result::Failed {
            kind: "invalid",
            told: wrong(claim),
        },
        _ => Result::Error {
            told: claim.why.join("\n"),
        },
    };
    Case {
        class: "claims",
        name: format!("{} {}", claim.id, claim.title),
        result,
        said: &claim.examined,
    }
}

fn wrong(claim: &ClaimJudgement) -> String {
    let mut lines: Vec<String> = claim.evidence.iter().map(ToString::to_string).collect();
    let more = claim.wrong.saturating_sub(claim.evidence.len() as u64);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

fn of_threshold(judged: &Judged) -> Case<'_> {
    let result = match judged.verdict {
        ThresholdVerdict::Held => Result::Passed,
        ThresholdVerdict::Crossed => Result::Failed {
            kind: "crossed",
            told: format!("{}: found {}", judged.threshold, judged.found),
        },
        ThresholdVerdict::Unknown => Result::Error {
            told: format!("{}: {}", judged.threshold, judged.found),
        },
    };
    Case {
        class: "thresholds",
        name: judged.threshold.clone(),
        result,
        said: &judged.found,
    }
}
