//! How long it took until everything was as usual: after each fault, and after all of them.
//!
//! A fault has no slices. How much a recovery varies by itself is how much those from faults of one kind differ within
//! the same run.

mod spread;

use super::{Better, Decision, Figure, Pair, Values, Word};
use crate::comparison::unit::Unit;
use crate::findings::Findings;
use crate::findings::faults::Fault;
use crate::findings::recovery::{Recovery, of_each};
use crate::words::Ms;

const GROUP: &str = "Recovery";

/// A fault of a run with the recovery from it.
type Recovered<'a> = (&'a Fault, Recovery);

pub fn of(pair: &Pair) -> Vec<Figure> {
    let recoveries = pair.runs.each_ref().map(recovered);
    let [a, b] = &recoveries;
    let mut left: Vec<&Recovered> = b.iter().collect();
    let mut figures = Vec::new();
    let mut both = Vec::new();
    for (fault, recovery) in a {
        let same = left
            .iter()
            .position(|(other, _)| (&other.kind, &other.target) == (&fault.kind, &fault.target));
        let other = same.map(|nth| left.remove(nth).1);
        if let (Recovery::After { ms: a }, Some(Recovery::After { ms: b })) = (*recovery, other) {
            both.push((a as f64, b as f64));
        }
        figures.push(figure(fault, [Some(*recovery), other], &recoveries));
    }
    for (fault, recovery) in left {
        figures.push(figure(fault, [None, Some(*recovery)], &recoveries));
    }
    if !figures.is_empty() {
        figures.push(mean(&both));
        figures.push(last(pair));
    }
    figures
}

fn recovered(run: &Findings) -> Vec<Recovered<'_>> {
    run.faults().iter().zip(of_each(run)).collect()
}

fn figure(fault: &Fault, sides: [Option<Recovery>; 2], all: &[Vec<Recovered>; 2]) -> Figure {
    let values = match sides {
        [
            Some(Recovery::After { ms: a }),
            Some(Recovery::After { ms: b }),
        ] => Values::Numbers {
            of: [Some(a as f64), Some(b as f64)],
            unit: Unit::Recovery,
        },
        _ => Values::Words(sides.map(in_words)),
    };
    let decision = match sides {
        [
            Some(Recovery::After { ms: a }),
            Some(Recovery::After { ms: b }),
        ] => {
            let difference = b as f64 - a as f64;
            Decision::by(spread::of_kind(&fault.kind, difference, all), Better::Less)
        }
        [Some(Recovery::After { .. }), Some(Recovery::NotSeen)] => Decision::Word(Word::Worse),
        [Some(Recovery::NotSeen), Some(Recovery::After { .. })] => Decision::Word(Word::Better),
        [Some(Recovery::NotSeen), Some(Recovery::NotSeen)] => Decision::Word(Word::WithinNoise),
        [Some(_), Some(_)] => {
            Decision::CannotBeTold("another fault came before the recovery".into())
        }
        [None, _] => Decision::CannotBeTold("A has no such fault".into()),
        [_, None] => Decision::CannotBeTold("B has no such fault".into()),
    };
    Figure {
        group: GROUP.into(),
        name: format!("after {} {}", fault.kind, fault.target),
        values,
        decision,
    }
}

/// Of the faults that both runs had and were seen to recover from.
fn mean(both: &[(f64, f64)]) -> Figure {
    let n = both.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| {
        (!both.is_empty()).then(|| both.iter().map(of).sum::<f64>() / n)
    };
    Figure {
        group: GROUP.into(),
        name: "all faults in the mean".into(),
        values: Values::Numbers {
            of: [mean(|(a, _)| *a), mean(|(_, b)| *b)],
            unit: Unit::Recovery,
        },
        decision: Decision::by(spread::of_pairs(both), Better::Less),
    }
}

/// What the run itself saw, more closely, after the last fault.
fn last(pair: &Pair) -> Figure {
    let ms = pair.runs.each_ref().map(|run| run.files.record.recovery_ms);
    let why = "each run has one, and one says nothing of how much it varies";
    Figure {
        group: GROUP.into(),
        name: "of the run, after the last fault".into(),
        values: Values::Numbers {
            of: ms.map(|ms| ms.map(|ms| ms as f64)),
            unit: Unit::Recovery,
        },
        decision: Decision::CannotBeTold(why.into()),
    }
}

fn in_words(recovery: Option<Recovery>) -> String {
    match recovery {
        Some(Recovery::After { ms }) => Ms(ms as f64).to_string(),
        Some(Recovery::Overtaken { by, .. }) => format!("fault {by} came before"),
        Some(Recovery::NotSeen) => "not seen".into(),
        None => "no data".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::faults;
    use crate::findings::faults::tests::injection;
    use checkers::journal::Journal;

    #[test]
    fn a_recovery_that_was_not_seen_any_more_is_worse_without_any_noise() {
        let kill = injection("process/kill", 1_000, 1_500, &["orders-1"]);
        let faults = faults::of(&Journal {
            run: vec![kill],
            ..Journal::default()
        });
        let all = [Vec::new(), Vec::new()];
        let (after, not_seen) = (Recovery::After { ms: 1_000 }, Recovery::NotSeen);
        let word = |sides| figure(&faults[0], sides, &all).decision;
        let decided = [
            word([Some(after), Some(not_seen)]),
            word([Some(not_seen), Some(after)]),
        ];
        assert_eq!(decided, [Word::Worse, Word::Better].map(Decision::Word));
        let gone = word([Some(after), None]);
        assert_eq!(gone, Decision::CannotBeTold("B has no such fault".into()));
    }
}
