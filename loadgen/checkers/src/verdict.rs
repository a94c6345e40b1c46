//! What a judge may say, and how it is built up: count what was examined, name what was wrong.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Evidence kept per claim. The first few rows show what went wrong; the total is in [`Report::wrong`].
const EVIDENCE_MAX: usize = 50;
/// More than a storm has faults, and few enough to be read.
const DETAILS_MAX: usize = 50;

/// A property of a run, as DESIGN and README name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    pub id: &'static str,
    pub title: &'static str,
}

/// Three values: a run that could not be examined has not passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid(Vec<Evidence>),
    Unknown(Vec<String>),
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The order, account, message or series, e.g. `order 6f1c…`.
    pub subject: String,
    /// Where it was read, e.g. `payments.accounts.available_minor`.
    pub place: String,
    pub expected: String,
    pub found: String,
    /// Unix ms at which it happened, where the evidence says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<u64>,
    /// The order it is about, and the trace in which that order was placed: [`crate::attribution`] adds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Uuid>,
    /// Hex, as the trace store has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

/// The finding of one checker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub claim: Claim,
    pub verdict: Verdict,
    /// `4,812 ledger rows, 40 accounts, 0 wrong`.
    pub examined: String,
    /// Figures of single things, e.g. of each fault; they decide nothing.
    pub details: Vec<String>,
    pub wrong: u64,
}

/// A checker at work. [`Examination::finish`] turns it into a [`Report`].
pub struct Examination {
    claim: Claim,
    counts: Vec<(u64, &'static str)>,
    notes: Vec<String>,
    details: Vec<String>,
    details_left_out: u64,
    evidence: Vec<Evidence>,
    wrong: u64,
    unknown: Vec<String>,
}

// === impl Verdict ===

impl Verdict {
    pub fn label(&self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid(_) => "invalid",
            Verdict::Unknown(_) => "unknown",
        }
    }

    /// Invalid outweighs unknown, unknown outweighs valid.
    pub fn merge(self, other: Verdict) -> Verdict {
        use Verdict::{Invalid, Unknown, Valid};
        match (self, other) {
            (Invalid(mut left), Invalid(right)) => {
                left.extend(right);
                Invalid(left)
            }
            (Invalid(evidence), Valid | Unknown(_)) | (Valid | Unknown(_), Invalid(evidence)) => {
                Invalid(evidence)
            }
            (Unknown(mut left), Unknown(right)) => {
                left.extend(right);
                Unknown(left)
            }
            (Unknown(why), Valid) | (Valid, Unknown(why)) => Unknown(why),
            (Valid, Valid) => Valid,
        }
    }

    /// The verdict over all claims. No claims: nobody looked.
    pub fn over(reports: &[Report]) -> Verdict {
        reports
            .iter()
            .map(|report| report.verdict.clone())
            .reduce(Verdict::merge)
            .unwrap_or_else(|| Verdict::Unknown(vec!["no claim was judged".into()]))
    }
}

// === impl Evidence ===

/// On one line, as people read it.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            place,
            expected,
            found,
            ..
        } = self;
        write!(f, "{subject}: {place} is {found}, must be {expected}")?;
        match &self.trace_id {
            Some(trace_id) => write!(f, " (trace {trace_id})"),
            None => Ok(()),
        }
    }
}

// === impl Examination ===

impl Examination {
    pub fn of(claim: Claim) -> Self {
        Self {
            claim,
            counts: Vec::new(),
            notes: Vec::new(),
            details: Vec::new(),
            details_left_out: 0,
            evidence: Vec::new(),
            wrong: 0,
            unknown: Vec::new(),
        }
    }

    /// What this checker looked at. A claim that counted nothing is unknown.
    pub fn count(&mut self, n: usize, what: &'static str) {
        self.counts.push((n as u64, what));
    }

    /// Said beside the counts; decides nothing.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// On a line of its own, the first of them; decides nothing.
    pub fn detail(&mut self, detail: impl Into<String>) {
        match self.details.len() < DETAILS_MAX {
            true => self.details.push(detail.into()),
            false => self.details_left_out += 1,
        }
    }

    pub fn wrong(
        &mut self,
        subject: impl Into<String>,
        place: impl Into<String>,
        expected: impl ToString,
        found: impl ToString,
    ) {
        self.keep(None, subject, place, expected, found);
    }

    /// Wrong at a time that is known, in unix ms.
    pub fn wrong_at(
        &mut self,
        at_ms: u64,
        subject: impl Into<String>,
        place: impl Into<String>,
        expected: impl ToString,
        found: impl ToString,
    ) {
        self.keep(Some(at_ms), subject, place, expected, found);
    }

    fn keep(
        &mut self,
        at_ms: Option<u64>,
        subject: impl Into<String>,
        place: impl Into<String>,
        expected: impl ToString,
        found: impl ToString,
    ) {
        self.wrong += 1;
        if self.evidence.len() < EVIDENCE_MAX {
            self.evidence.push(Evidence {
                subject: subject.into(),
                place: place.into(),
                expected: expected.to_string(),
                found: found.to_string(),
                at_ms,
                ..Evidence::default()
            });
        }
    }

    /// Wrong unless `found` is `expected`.
    pub fn expect<T: PartialEq + ToString>(
        &mut self,
        subject: impl Into<String>,
        place: impl Into<String>,
        expected: T,
        found: T,
    ) {
        if expected != found {
            self.wrong(subject, place, expected, found);
        }
    }

    pub fn unknown(&mut self, why: impl Into<String>) {
        self.unknown.push(why.into());
    }

    pub fn finish(mut self) -> Report {
        let is_anything = self.counts.iter().any(|(n, _)| *n > 0);
        if !is_anything && self.unknown.is_empty() {
            self.unknown.push("there was nothing to examine".into());
        }
        let mut examined: Vec<String> = self
            .counts
            .iter()
            .map(|(n, what)| format!("{} {what}", grouped(*n)))
            .collect();
        examined.append(&mut self.notes);
        examined.push(format!("{} wrong", grouped(self.wrong)));
        if self.details_left_out > 0 {
            let more = grouped(self.details_left_out);
            self.details.push(format!("and {more} more"));
        }
        let verdict = if self.wrong > 0 {
            Verdict::Invalid(self.evidence)
        } else if !self.unknown.is_empty() {
            Verdict::Unknown(self.unknown)
        } else {
            Verdict::Valid
        };
        Report {
            claim: self.claim,
            verdict,
            examined: examined.join(", "),
            details: self.details,
            wrong: self.wrong,
        }
    }
}

/// `4812` as `4,812`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: Claim = Claim {
        id: "I0",
        title: "example",
    };

    fn invalid() -> Verdict {
        let mut exam = Examination::of(CLAIM);
        exam.wrong("a", "b", 1, 2);
        exam.finish().verdict
    }

    #[test]
    fn invalid_outweighs_unknown_and_unknown_outweighs_valid() {
        let unknown = || Verdict::Unknown(vec!["why".into()]);
        assert_eq!(unknown().merge(invalid()).label(), "invalid");
        assert_eq!(invalid().merge(unknown()).label(), "invalid");
        assert_eq!(Verdict::Valid.merge(unknown()).label(), "unknown");
        assert_eq!(Verdict::Valid.merge(Verdict::Valid), Verdict::Valid);
        assert_eq!(Verdict::over(&[]).label(), "unknown");
    }

    #[test]
    fn an_examination_of_nothing_is_unknown() {
        let mut exam = Examination::of(CLAIM);
        exam.count(0, "rows");
        assert_eq!(exam.finish().verdict.label(), "unknown");
    }

    #[test]
    fn a_report_counts_what_was_examined() {
        let mut exam = Examination::of(CLAIM);
        exam.count(4_812, "ledger rows");
        let report = exam.finish();
        assert_eq!(report.examined, "4,812 ledger rows, 0 wrong");
        assert_eq!(report.verdict, Verdict::Valid);
    }

    #[test]
    fn details_decide_nothing_and_those_left_out_are_counted() {
        let mut exam = Examination::of(CLAIM);
        exam.count(1, "rows");
        (0..DETAILS_MAX + 2).for_each(|nth| exam.detail(format!("row {nth}")));
        let report = exam.finish();
        assert_eq!(report.verdict, Verdict::Valid);
        assert_eq!(report.details.len(), DETAILS_MAX + 1);
        let ends = [&report.details[0], &report.details[DETAILS_MAX]];
        assert_eq!(ends, ["row 0", "and 2 more"]);
    }

    #[test]
    fn evidence_says_when_it_happened_where_that_is_known() {
        let mut exam = Examination::of(CLAIM);
        exam.wrong("a", "b", 1, 2);
        exam.wrong_at(7, "a", "b", 1, 2);
        let Verdict::Invalid(evidence) = exam.finish().verdict else {
            panic!("must be invalid")
        };
        let at_ms: Vec<_> = evidence.iter().map(|row| row.at_ms).collect();
        assert_eq!(at_ms, [None, Some(7)]);
    }

    #[test]
    fn evidence_is_a_line_that_ends_with_its_trace() {
        let mut exam = Examination::of(CLAIM);
        exam.wrong("account ada", "accounts.held_minor", 0, 7);
        let Verdict::Invalid(mut evidence) = exam.finish().verdict else {
            panic!("must be invalid")
        };
        let line = "account ada: accounts.held_minor is 7, must be 0";
        assert_eq!(evidence[0].to_string(), line);
        evidence[0].trace_id = Some("0af7".into());
        assert_eq!(evidence[0].to_string(), format!("{line} (trace 0af7)"));
    }

    #[test]
    fn evidence_of_an_earlier_version_is_read() {
        let text = r#"{"subject":"a","place":"b","expected":"1","found":"2"}"#;
        let evidence: Evidence = serde_json::from_str(text).expect("evidence");
        assert_eq!(serde_json::to_string(&evidence).expect("JSON"), text);
    }

    #[test]
    fn evidence_is_bounded_and_the_total_is_not() {
        let mut exam = Examination::of(CLAIM);
        (0..1_000).for_each(|n| exam.wrong(n.to_string(), "row", 0, 1));
        let report = exam.finish();
        assert_eq!(report.wrong, 1_000);
        let Verdict::Invalid(evidence) = report.verdict else {
            panic!("must be invalid")
        };
        assert_eq!(evidence.len(), EVIDENCE_MAX);
    }

    #[test]
    fn thousands_are_set_apart() {
        let read = [0, 812, 4_812, 99_812, 104_812, 1_004_812].map(grouped);
        let written = ["0", "812", "4,812", "99,812", "104,812", "1,004,812"];
        assert_eq!(read, written);
    }
}
