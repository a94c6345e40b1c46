//! Every claim with its verdict and what was examined; what is wrong stands below it.

use checkers::verdict::grouped;

use super::Section;
use crate::files::{ClaimJudgement, EvidenceRow};
use crate::findings::Findings;
use crate::markup::Html;
use crate::words::After;

pub const SECTION: Section = Section {
    id: "claims",
    title: "Claims",
    about: "What must hold in every run, judged from the history, the databases, the event log, the metrics and the traces.",
    body,
};

fn body(html: &mut Html, findings: &Findings) {
    let claims = &findings.files.judgement.claims;
    if claims.is_empty() {
        return super::no_data(html, "claims", "the judge examined none");
    }
    super::table(
        html,
        "Claims",
        &["Id", "Claim", "Verdict", "Examined"],
        |html| {
            for claim in claims {
                row(html, claim, findings.window.from_ms);
            }
        },
    );
}

fn row(html: &mut Html, claim: &ClaimJudgement, from_ms: u64) {
    html.tag("tr", &[], |html| {
        html.leaf("th", &[("scope", &"row")], &claim.id);
        html.leaf("td", &[], &claim.title);
        html.tag("td", &[], |html| {
            super::badge(html, &claim.verdict, &claim.verdict)
        });
        html.leaf("td", &[("class", &"examined")], &claim.examined);
    });
    if !claim.why.is_empty() {
        below(html, "Why it is not known", true, |html| {
            lines(html, &claim.why);
        });
    }
    if !claim.details.is_empty() {
        below(html, "In detail", false, |html| lines(html, &claim.details));
    }
    if !claim.evidence.is_empty() {
        let shown = format!(
            "Evidence: {} of {} rows",
            claim.evidence.len(),
            grouped(claim.wrong)
        );
        below(html, &shown, claim.verdict == "invalid", |html| {
            evidence(html, &claim.evidence, from_ms);
        });
    }
}

fn lines(html: &mut Html, lines: &[String]) {
    html.tag("ul", &[], |html| {
        for line in lines {
            html.leaf("li", &[], line);
        }
    });
}

fn below(html: &mut Html, summary: &str, is_open: bool, inner: impl FnOnce(&mut Html)) {
    let content = |html: &mut Html| {
        html.leaf("summary", &[], summary);
        inner(html);
    };
    html.tag("tr", &[("class", &"below")], |html| {
        html.tag("td", &[("colspan", &4)], |html| match is_open {
            true => html.tag("details", &[("open", &"")], content),
            false => html.tag("details", &[], content),
        });
    });
}

fn evidence(html: &mut Html, rows: &[EvidenceRow], from_ms: u64) {
    html.tag("table", &[], |html| {
        html.tag("thead", &[], |html| {
            html.tag("tr", &[], |html| {
                for column in ["Of", "Where", "Must be", "Is", "When", "Trace"] {
                    html.leaf("th", &[("scope", &"col")], column);
                }
            });
        });
        html.tag("tbody", &[], |html| {
            for row in rows {
                let when = row
                    .at_ms
                    .map(|at_ms| After(at_ms as f64 - from_ms as f64).to_string());
                html.tag("tr", &[], |html| {
                    html.leaf("th", &[("scope", &"row")], &row.subject);
                    html.leaf("td", &[], &row.place);
                    html.leaf("td", &[], &row.expected);
                    html.leaf("td", &[], &row.found);
                    html.leaf("td", &[], when.unwrap_or_default());
                    html.leaf("td", &[], row.trace_id.as_deref().unwrap_or_default());
                });
            }
        });
    });
}
