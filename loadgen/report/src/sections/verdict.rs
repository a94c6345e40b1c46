//! The verdict in one sentence, thresholds that did not hold in the next, and the four answers that a reader came for.

mod answers;

use checkers::state::Part;
use checkers::verdict::grouped;

use super::{Section, thresholds};
use crate::files::ClaimJudgement;
use crate::findings::Findings;
use crate::findings::faults;
use crate::findings::losses::{self, Losses};
use crate::findings::recovery::{self, Slowest};
use crate::markup::Html;
use crate::words::{Ms, counted, listed, sentence};

pub const SECTION: Section = Section {
    id: "verdict",
    title: "Verdict",
    about: "",
    body,
};

/// Names in a sentence; more make it a list.
const NAMES_MAX: usize = 3;

fn body(html: &mut Html, findings: &Findings) {
    let verdict = &findings.files.judgement.verdict;
    html.tag(
        "p",
        &[("class", &format_args!("verdict {verdict}"))],
        |html| {
            super::badge(html, verdict, &sentence(verdict));
            html.text(": ");
            html.text(why(findings));
            thresholds::in_the_headline(html, &findings.files.judgement.thresholds);
        },
    );
    answers::draw(html, findings);
}

fn why(findings: &Findings) -> String {
    let judgement = &findings.files.judgement;
    let of = |verdict: &str| -> Vec<&ClaimJudgement> {
        judgement
            .claims
            .iter()
            .filter(|claim| claim.verdict == verdict)
            .collect()
    };
    match judgement.verdict.as_str() {
        "valid" => valid(findings),
        "invalid" => {
            let broken = of("invalid");
            let names = broken.iter().take(NAMES_MAX).map(|claim| {
                format!(
                    "{} \u{201c}{}\u{201d} ({} wrong)",
                    claim.id,
                    claim.title,
                    grouped(claim.wrong)
                )
            });
            let claims = counted(judgement.claims.len(), "claim", "claims");
            format!(
                "{} of {claims} did not hold, {}.",
                broken.len(),
                listed(&names.collect::<Vec<_>>())
            )
        }
        _ => {
            let claims = of("unknown");
            let claims = claims.iter().flat_map(|claim| {
                claim
                    .why
                    .iter()
                    .map(|why| format!("{} \u{201c}{}\u{201d}: {why}", claim.id, claim.title))
            });
            let whys: Vec<String> = judgement.why.iter().cloned().chain(claims).collect();
            match whys.split_first() {
                Some((first, [])) => format!("{first}."),
                Some((first, more)) => format!(
                    "{first}, and {}.",
                    counted(more.len(), "more reason", "more reasons")
                ),
                None => "the judge gave no reason.".into(),
            }
        }
    }
}

fn valid(findings: &Findings) -> String {
    let orders = counted(findings.orders.len(), "order", "orders");
    let under = match &findings.faults {
        Part::Missing(_) => "under faults that are not known".to_owned(),
        Part::Read(faults) if faults.is_empty() => "without a fault".to_owned(),
        Part::Read(faults) => format!("under {}", faults::in_words(faults)),
    };
    let lost = match losses::of(&findings.files.judgement) {
        Losses::Nothing => ", nothing lost",
        Losses::Found(_) | Losses::NotKnown(_) => "",
    };
    let recovered = match recovery::slowest(findings) {
        Slowest::NoFault => String::new(),
        Slowest::After { ms: 0, .. } => "; recovery took less than a second".into(),
        Slowest::After { ms, faults_within } => {
            let within = match faults_within {
                0 => String::new(),
                n => format!(", with {} in it", counted(n, "more fault", "more faults")),
            };
            format!("; the slowest recovery took {}{within}", Ms(ms as f64))
        }
        Slowest::NotSeen => "; a recovery was not seen".into(),
    };
    format!("{orders} {under}{lost}{recovered}.")
}
