//! The figures of two runs. A kind of figure is a file with an `of`, and a line in `KINDS`.

mod answers;
mod budget;
mod critical_path;
mod latencies;
mod outcomes;
mod peaks;
mod rates;
mod recoveries;
mod share;
mod verdicts;

use super::noise::Noise;
use super::period::Periods;
use super::unit::Unit;
use crate::findings::Findings;

const KINDS: [fn(&Pair) -> Vec<Figure>; 9] = [
    verdicts::of,
    rates::of,
    answers::of,
    latencies::of,
    recoveries::of,
    outcomes::of,
    budget::of,
    critical_path::of,
    peaks::of,
];

/// What figures are made from.
pub struct Pair<'a> {
    pub runs: &'a [Findings; 2],
    pub periods: &'a Periods,
}

pub struct Figure {
    pub group: String,
    pub name: String,
    pub values: Values,
    pub decision: Decision,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    Words([String; 2]),
    /// `None` where a run has it not.
    Numbers {
        of: [Option<f64>; 2],
        unit: Unit,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// By how much it varies by chance.
    Noise { noise: Noise, better: Better },
    /// It follows from the values themselves.
    Word(Word),
    /// With the reason.
    CannotBeTold(String),
}

/// What one would rather have of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    Less,
    More,
    /// A difference is one and no more.
    Neither,
}

/// What B is, held against A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Better,
    Worse,
    /// Neither is better.
    Differs,
    WithinNoise,
    CannotBeTold,
}

impl Word {
    pub fn label(self) -> &'static str {
        match self {
            Word::Better => "better",
            Word::Worse => "worse",
            Word::Differs => "differs",
            Word::WithinNoise => "within noise",
            Word::CannotBeTold => "cannot be told",
        }
    }

    pub fn exceeds_noise(self) -> bool {
        matches!(self, Word::Better | Word::Worse | Word::Differs)
    }
}

impl Better {
    /// `sign`: +1 where B has more.
    pub fn word(self, sign: f64) -> Word {
        match (self, sign > 0.0) {
            (Better::Less, true) | (Better::More, false) => Word::Worse,
            (Better::Less, false) | (Better::More, true) => Word::Better,
            (Better::Neither, _) => Word::Differs,
        }
    }
}

impl Decision {
    pub fn by(noise: Result<Noise, String>, better: Better) -> Self {
        match noise {
            Ok(noise) => Decision::Noise { noise, better },
            Err(why) => Decision::CannotBeTold(why),
        }
    }
}

impl Values {
    pub fn shown(&self) -> [String; 2] {
        match self {
            Values::Words(words) => words.clone(),
            Values::Numbers { of, unit } => {
                of.map(|value| value.map_or("no data".into(), |value| unit.value(value)))
            }
        }
    }

    /// B less A.
    pub fn difference(&self) -> Option<(f64, &Unit)> {
        match self {
            Values::Words(_) => None,
            Values::Numbers { of, unit } => Some((of[1]? - of[0]?, unit)),
        }
    }

    pub fn are_the_same(&self) -> bool {
        match self {
            Values::Words([a, b]) => a == b,
            Values::Numbers { of: [a, b], .. } => a.is_some() && a == b,
        }
    }
}

pub fn all(pair: &Pair) -> Vec<Figure> {
    KINDS.iter().flat_map(|kind| kind(pair)).collect()
}
