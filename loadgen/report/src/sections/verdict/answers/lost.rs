//! Whether anything was lost: by which claims, and how many orders were seen to end.

use checkers::verdict::grouped;

use super::{Figure, named};
use crate::findings::Findings;
use crate::findings::losses::{self, Losses};
use crate::findings::orders::{Answer, Order};
use crate::words::{counted, listed, sentence};

pub fn answer(findings: &Findings) -> Figure {
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
    match losses::of(&findings.files.judgement) {
        Losses::Nothing => ("Nothing".into(), note + "."),
        Losses::Found(found) => {
            let words = found.iter().map(|(words, _)| (*words).to_owned());
            let rows = found
                .iter()
                .map(|(_, claim)| format!("{} ({} wrong)", claim.id, grouped(claim.wrong)));
            let claims = listed(&rows.collect::<Vec<_>>());
            let figure = sentence(&named(words.collect()));
            (figure, format!("{claims}. {note}."))
        }
        Losses::NotKnown(ids) => {
            let why = format!("{} could not be judged. {note}.", listed(&ids));
            ("Not known".into(), why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;

    #[test]
    fn what_was_lost_is_said_by_the_claim_that_found_it() {
        let answered = |others: &[(&str, &str)]| {
            let findings = Findings::of(Files {
                judgement: losses::tests::judgement(others),
                ..Files::default()
            });
            answer(&findings)
        };
        assert_eq!(answered(&[]).0, "Nothing");
        let (figure, note) = answered(&[("I1", "invalid"), ("I12", "invalid"), ("I13", "unknown")]);
        let expected = "Money does not add up and messages did not arrive everywhere";
        assert_eq!(figure, expected);
        assert!(
            note.starts_with("I1 (2 wrong) and I12 (2 wrong). "),
            "{note}"
        );
        let (figure, note) = answered(&[("I13", "unknown")]);
        assert_eq!(figure, "Not known");
        assert!(note.starts_with("I13 could not be judged. "), "{note}");
    }
}
