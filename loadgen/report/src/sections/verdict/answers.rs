//! What a reader came for: what broke, for how long, whether anything was lost, where time went.

mod lost;

use checkers::state::Part;

use super::NAMES_MAX;
use crate::findings::Findings;
use crate::findings::faults::{self, Fault};
use crate::findings::orders::Order;
use crate::findings::percentiles::Sorted;
use crate::findings::recovery::{self, Slowest};
use crate::findings::time_spent::Paths;
use crate::markup::Html;
use crate::words::{Ms, counted, listed, sentence};

/// The figure, and what it is of.
type Figure = (String, String);

pub fn draw(html: &mut Html, findings: &Findings) {
    html.tag("dl", &[("class", &"answers")], |html| {
        answer(html, "What broke?", what_broke(findings));
        answer(html, "For how long?", how_long(findings));
        answer(html, "Was anything lost?", lost::answer(findings));
        answer(html, "Where did time go?", where_time_went(findings));
    });
}

fn answer(html: &mut Html, question: &str, (figure, note): Figure) {
    html.tag("div", &[], |html| {
        html.leaf("dt", &[], question);
        html.tag("dd", &[], |html| {
            html.leaf("strong", &[], figure);
            html.leaf("span", &[], note);
        });
    });
}

fn what_broke(findings: &Findings) -> Figure {
    let faults = match &findings.faults {
        Part::Read(faults) => faults.as_slice(),
        Part::Missing(why) => return ("Not known".into(), sentence(why)),
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
    (
        sentence(&faults::in_words(faults)),
        format!("Touched {}.", named(targets)),
    )
}

/// As many as a sentence has room for.
fn named(mut names: Vec<String>) -> String {
    if names.len() > NAMES_MAX {
        let more = names.split_off(NAMES_MAX - 1).len();
        names.push(format!("{more} more"));
    }
    listed(&names)
}

fn how_long(findings: &Findings) -> Figure {
    let faults = match &findings.faults {
        Part::Read(faults) => faults.as_slice(),
        Part::Missing(_) => return ("Not known".into(), "There is no journal.".into()),
    };
    if faults.is_empty() {
        return ("No time".into(), "Nothing was broken.".into());
    }
    let recovery = match recovery::slowest(findings) {
        Slowest::NoFault | Slowest::After { ms: 0, .. } => {
            "Each time back to usual within a second.".into()
        }
        Slowest::After { ms, faults_within } => {
            let within = match faults_within {
                0 => String::new(),
                n => format!(", {} in between", counted(n, "more fault", "more faults")),
            };
            let ms = Ms(ms as f64);
            format!("Back to usual {ms} after the fault at the latest{within}.")
        }
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
        .filter_map(|name| Paths::of(findings, name).median())
        .max_by(|left, right| left.total_ms.total_cmp(&right.total_ms));
    let Some((spent, longest)) = spent
        .as_ref()
        .and_then(|spent| Some((spent, spent.longest()?)))
    else {
        let figure = format!("{} for half of the orders", Ms(p50));
        return (
            figure,
            format!("{percentiles} Where it went is not known: no span has a time."),
        );
    };
    let figure = format!("{:.0} % of it waiting", spent.waiting_share() * 100.0);
    let step = format!("{} {}", longest.service, longest.name);
    (figure, format!("Longest step: {step}. {percentiles}"))
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
        assert_eq!(
            in_force_ms(&faults::of(&Journal {
                run,
                ..Journal::default()
            })),
            3_500
        );
    }
}
