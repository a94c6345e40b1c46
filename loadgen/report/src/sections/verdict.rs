//! The verdict in one sentence, and the four answers that a reader came for.

use checkers::verdict::grouped;

use super::Section;
use crate::files::ClaimJudgement;
use crate::findings::Findings;
use crate::findings::faults::{self, Fault};
use crate::findings::orders::{Answer, Order};
use crate::findings::percentiles::Sorted;
use crate::findings::recovery::{self, Slowest};
use crate::findings::time_spent::Paths;
use crate::markup::Html;
use crate::words::{Ms, counted, listed, sentence};

pub const SECTION: Section = Section {
    id: "verdict",
    title: "Verdict",
    about: "",
    body,
};

/// The claim that says whether anything was lost.
const DURABILITY: &str = "I3";
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
        },
    );
    html.tag("dl", &[("class", &"answers")], |html| {
        answer(html, "What broke?", what_broke(findings));
        answer(html, "For how long?", how_long(findings));
        answer(html, "Was anything lost?", what_was_lost(findings));
        answer(html, "Where did time go?", where_time_went(findings));
    });
}

/// The figure, and what it is of.
type Figure = (String, String);

fn answer(html: &mut Html, question: &str, (figure, note): Figure) {
    html.tag("div", &[], |html| {
        html.leaf("dt", &[], question);
        html.tag("dd", &[], |html| {
            html.leaf("strong", &[], figure);
            html.leaf("span", &[], note);
        });
    });
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
                    .map(|why| format!("{} {}: {why}", claim.id, claim.title))
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
    let under = match findings.faults() {
        [] => "without a fault".to_owned(),
        faults => format!("under {}", faults::in_words(faults)),
    };
    let lost = match durability(findings).map(|claim| claim.verdict.as_str()) {
        Some("valid") => ", nothing lost",
        _ => "",
    };
    let recovered = match recovery::slowest(findings) {
        Slowest::NoFault => String::new(),
        Slowest::After { ms: 0 } => "; recovery took less than a second".into(),
        Slowest::After { ms } => format!("; the slowest recovery took {}", Ms(ms as f64)),
        Slowest::NotSeen => "; a recovery was not seen".into(),
    };
    format!("{orders} {under}{lost}{recovered}.")
}

fn durability(findings: &Findings) -> Option<&ClaimJudgement> {
    let claims = &findings.files.judgement.claims;
    claims.iter().find(|claim| claim.id == DURABILITY)
}

fn what_broke(findings: &Findings) -> Figure {
    let faults = match &findings.faults {
        checkers::state::Part::Read(faults) => faults.as_slice(),
        checkers::state::Part::Missing(why) => return ("Not known".into(), sentence(why)),
    };
    if faults.is_empty() {
        return ("Nothing".into(), "No fault was asked for.".into());
    }
    let mut targets: Vec<String> = Vec::new();
    for fault in faults {
        if !targets.contains(&fault.target) {
            targets.push(fault.target.clone());
        }
    }
    if targets.len() > NAMES_MAX {
        let more = targets.split_off(NAMES_MAX - 1).len();
        targets.push(format!("{more} more"));
    }
    (
        sentence(&faults::in_words(faults)),
        format!("Touched {}.", listed(&targets)),
    )
}

fn how_long(findings: &Findings) -> Figure {
    let faults = findings.faults();
    if faults.is_empty() {
        return ("No time".into(), "Nothing was broken.".into());
    }
    let recovery = match recovery::slowest(findings) {
        Slowest::NoFault | Slowest::After { ms: 0 } => {
            "Each time back to usual within a second.".into()
        }
        Slowest::After { ms } => format!(
            "Back to usual {} after the fault at the latest.",
            Ms(ms as f64)
        ),
        Slowest::NotSeen => "After one fault it was not seen to come back to usual.".into(),
    };
    let figure = format!("{} with a fault in force", Ms(in_force_ms(faults) as f64));
    (figure, recovery)
}

/// Time in which at least one was; they are in the order in which they began.
fn in_force_ms(faults: &[Fault]) -> u64 {
    let (mut sum_ms, mut until_ms) = (0, 0);
    for fault in faults {
        sum_ms += fault.ended_ms.saturating_sub(fault.began_ms.max(until_ms));
        until_ms = until_ms.max(fault.ended_ms);
    }
    sum_ms
}

fn what_was_lost(findings: &Findings) -> Figure {
    let count = |of: fn(&Order) -> bool| findings.orders.iter().filter(|order| of(order)).count();
    let acknowledged = count(|order| order.answer == Answer::Acknowledged);
    let ended = count(|order| order.answer == Answer::Acknowledged && order.end.is_some());
    let unknown = count(|order| matches!(order.answer, Answer::Unknown(_)));
    let mut note = format!(
        "{} of {} seen to end",
        grouped(ended as u64),
        counted(acknowledged, "acknowledged order", "acknowledged orders"),
    );
    if unknown > 0 {
        note += &format!(", {} of unknown outcome", grouped(unknown as u64));
    }
    let figure = match durability(findings) {
        Some(claim) if claim.verdict == "valid" => "Nothing".into(),
        Some(claim) if claim.verdict == "invalid" => {
            counted(claim.wrong as usize, "order", "orders")
        }
        Some(_) | None => "Not known".into(),
    };
    (figure, note + ".")
}

fn where_time_went(findings: &Findings) -> Figure {
    let latencies = Sorted::of(findings.orders.iter().filter_map(Order::ended_ms));
    let (Some(p50), Some(p99)) = (latencies.at(0.5), latencies.at(0.99)) else {
        return ("Not known".into(), "No order was seen to end.".into());
    };
    let percentiles = format!(
        "Half of the orders ended within {}, 99 of 100 within {}.",
        Ms(p50),
        Ms(p99)
    );
    let coordinations = findings.coordinations();
    let spent = coordinations
        .iter()
        .filter_map(|name| Paths::of(findings, name).median());
    match spent.max_by(|left, right| left.total_ms.total_cmp(&right.total_ms)) {
        Some(spent) => {
            let figure = format!(
                "{:.0} % waiting for the next hand",
                spent.waiting_share() * 100.0
            );
            (figure, percentiles)
        }
        None => (
            format!("{} to the end, half the time", Ms(p50)),
            percentiles,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::faults::tests::injection;
    use checkers::journal::Journal;

    #[test]
    fn time_under_two_faults_at_once_counts_once() {
        let run = vec![
            injection("process/kill", 1_000, 3_000, &["orders-1"]),
            injection("process/kill", 2_000, 2_500, &["orders-2"]),
            injection("process/kill", 2_500, 4_000, &["orders-2"]),
            injection("process/kill", 9_000, 9_500, &["orders-2"]),
        ];
        assert_eq!(in_force_ms(&faults::of(&Journal { run })), 3_500);
    }
}
