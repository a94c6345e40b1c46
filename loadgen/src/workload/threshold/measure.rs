//! What a threshold is about.

use strict_yaml::meant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// From the intended start, so that a send that had to wait counts in full.
    Latency(Whose, Percentile),
    /// Sends after their time.
    Late,
    /// Sends that were not made, because too many orders were under way.
    Dropped,
    Failed,
    Unknown,
    /// From the last fault to the steady state.
    Recovery,
    /// Orders that ended, a second.
    Rate,
}

/// Up to when a latency is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Up to the answer that promises the order.
    Acknowledged,
    /// Up to the end of a choreographed order.
    Choreography,
    /// Up to the end of an orchestrated order.
    Orchestration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Percentile {
    P50,
    P90,
    P99,
    P999,
    Max,
}

const WORDS: [(&str, Measure); 6] = [
    ("late", Measure::Late),
    ("dropped", Measure::Dropped),
    ("failed", Measure::Failed),
    ("unknown", Measure::Unknown),
    ("recovery", Measure::Recovery),
    ("rate", Measure::Rate),
];

const WHOSE: [(&str, Whose); 3] = [
    ("acknowledged", Whose::Acknowledged),
    ("choreography", Whose::Choreography),
    ("orchestration", Whose::Orchestration),
];

const PERCENTILES: [(&str, Percentile); 5] = [
    ("p50", Percentile::P50),
    ("p90", Percentile::P90),
    ("p99", Percentile::P99),
    ("p99.9", Percentile::P999),
    ("max", Percentile::Max),
];

impl Measure {
    /// `late`, `p99`, `orchestration p99`. A percentile alone is that of the acknowledgement.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((whose, percentile)) = text.split_once(' ') {
            let whose = named("latency", whose, &WHOSE)?;
            let percentile = named("percentile", percentile.trim(), &PERCENTILES)?;
            return Ok(Self::Latency(whose, percentile));
        }
        let percentiles = PERCENTILES
            .map(|(word, percentile)| (word, Self::Latency(Whose::Acknowledged, percentile)));
        let all: Vec<(&str, Self)> = WORDS.into_iter().chain(percentiles).collect();
        named("measure", text, &all)
    }
}

fn named<T: Copy>(what: &str, found: &str, all: &[(&str, T)]) -> Result<T, String> {
    let known = all.iter().find(|(word, _)| *word == found);
    known.map(|(_, one)| *one).ok_or_else(|| {
        let words = all.iter().map(|(word, _)| *word);
        format!("there is no {what} `{found}`{}", meant(found, words))
    })
}
