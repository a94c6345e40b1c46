//! Whether anything was lost: what the claims about that say together.

use checkers::Claim;
use checkers::claims::{closure, durability, message_ledger, money, stock};

use crate::files::{ClaimJudgement, Judgement};

/// Each with what is said where it does not hold. Durability counts broken promises of every kind: an order that is
/// gone, one that never ended or not as it was shown, and one that was not confirmed although its cancel was refused.
const CLAIMS: [(Claim, &str); 5] = [
    (money::CLAIM, "money does not add up"),
    (stock::CLAIM, "stock does not add up"),
    (durability::CLAIM, "promises of orders were broken"),
    (closure::CLAIM, "messages did not arrive everywhere"),
    (
        message_ledger::CLAIM,
        "the books of the queues do not balance",
    ),
];

#[derive(Debug)]
pub enum Losses<'a> {
    /// Every one of the claims holds.
    Nothing,
    /// Those that do not, with what is said of them.
    Found(Vec<(&'static str, &'a ClaimJudgement)>),
    /// The ids of those that nobody could judge; of the others each holds.
    NotKnown(Vec<String>),
}

pub fn of(judgement: &Judgement) -> Losses<'_> {
    let (mut found, mut not_known) = (Vec::new(), Vec::new());
    for (claim, words) in CLAIMS {
        let judged = judgement.claims.iter().find(|it| it.id == claim.id);
        match judged.map(|it| (it, it.verdict.as_str())) {
            Some((_, "valid")) => {}
            Some((judged, "invalid")) => found.push((words, judged)),
            Some(_) | None => not_known.push(claim.id.to_owned()),
        }
    }
    match (found.is_empty(), not_known.is_empty()) {
        (true, true) => Losses::Nothing,
        (true, false) => Losses::NotKnown(not_known),
        (false, _) => Losses::Found(found),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// All of the claims hold, but these.
    pub fn judgement(others: &[(&str, &str)]) -> Judgement {
        let claim = |(claim, _): &(Claim, &str)| {
            let other = others.iter().find(|(id, _)| *id == claim.id);
            ClaimJudgement {
                id: claim.id.into(),
                verdict: other.map_or("valid", |(_, verdict)| *verdict).into(),
                wrong: 2,
                ..ClaimJudgement::default()
            }
        };
        Judgement {
            claims: CLAIMS.iter().map(claim).collect(),
            ..Judgement::default()
        }
    }

    #[test]
    fn nothing_was_lost_only_where_every_claim_about_it_holds() {
        assert!(matches!(of(&judgement(&[])), Losses::Nothing));
        for (claim, words) in CLAIMS {
            let invalid = judgement(&[(claim.id, "invalid")]);
            let Losses::Found(found) = of(&invalid) else {
                panic!("{} is not heard", claim.id)
            };
            assert_eq!(found[0].0, words);
            let unknown = judgement(&[(claim.id, "unknown")]);
            let mut unjudged = judgement(&[]);
            unjudged.claims.retain(|it| it.id != claim.id);
            for judgement in [unknown, unjudged] {
                let Losses::NotKnown(ids) = of(&judgement) else {
                    panic!("{} is taken for valid", claim.id)
                };
                assert_eq!(ids, [claim.id]);
            }
        }
    }

    #[test]
    fn what_is_wrong_outweighs_what_is_not_known() {
        let judgement = judgement(&[("I1", "unknown"), ("I12", "invalid")]);
        assert!(matches!(of(&judgement), Losses::Found(found) if found.len() == 1));
    }
}
