//! The verdict of either run, and of the claims those that differ.

use std::collections::BTreeMap;

use super::{Decision, Figure, Pair, Values, Word};
use crate::files::ClaimJudgement;

const GROUP: &str = "Verdict";
const NOT_JUDGED: &str = "not judged";

pub fn of(pair: &Pair) -> Vec<Figure> {
    let judgements = pair.runs.each_ref().map(|run| &run.files.judgement);
    let verdicts = judgements.map(|judgement| judgement.verdict.as_str());
    let mut figures = vec![figure("verdict".into(), verdicts)];
    let claims = judgements.map(|judgement| &judgement.claims);
    let by_id = claims.map(|claims| {
        let pairs = claims.iter().map(|claim| (claim.id.as_str(), claim));
        pairs.collect::<BTreeMap<&str, &ClaimJudgement>>()
    });
    // In the judge's order, then those that A has not.
    let in_both = claims[0].iter();
    let in_b_alone = claims[1]
        .iter()
        .filter(|claim| !by_id[0].contains_key(claim.id.as_str()));
    for claim in in_both.chain(in_b_alone) {
        let verdicts = by_id.each_ref().map(|claims| {
            let claim = claims.get(claim.id.as_str());
            claim.map_or(NOT_JUDGED, |claim| claim.verdict.as_str())
        });
        if verdicts[0] != verdicts[1] {
            figures.push(figure(format!("{} {}", claim.id, claim.title), verdicts));
        }
    }
    figures
}

fn figure(name: String, verdicts: [&str; 2]) -> Figure {
    let decision = match verdicts {
        [a, b] if a == b => Decision::Word(Word::WithinNoise),
        ["valid", "invalid"] => Decision::Word(Word::Worse),
        ["invalid", "valid"] => Decision::Word(Word::Better),
        ["unknown" | NOT_JUDGED, _] => {
            Decision::CannotBeTold("the judge could not tell it of A".into())
        }
        _ => Decision::CannotBeTold("the judge could not tell it of B".into()),
    };
    Figure {
        group: GROUP.into(),
        name,
        values: Values::Words(verdicts.map(str::to_owned)),
        decision,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_broke_is_worse_and_one_that_nobody_could_judge_cannot_be_told() {
        let decided = |verdicts| figure("I1".into(), verdicts).decision;
        assert_eq!(decided(["valid", "invalid"]), Decision::Word(Word::Worse));
        assert_eq!(decided(["invalid", "valid"]), Decision::Word(Word::Better));
        assert_eq!(
            decided(["valid", "valid"]),
            Decision::Word(Word::WithinNoise)
        );
        for verdicts in [
            ["unknown", "invalid"],
            ["valid", "unknown"],
            ["valid", NOT_JUDGED],
        ] {
            assert!(matches!(decided(verdicts), Decision::CannotBeTold(_)));
        }
    }
}
