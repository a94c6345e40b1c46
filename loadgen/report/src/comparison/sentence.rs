//! What the comparison comes to, in one sentence.

use super::decided::Decided;
use super::figures::{Figure, Word};
use super::{Comparison, NAMES};
use crate::words::{counted, listed, sentence};

/// Figures named in a sentence; more make it a list.
const NAMED_MAX: usize = 3;
/// Of the percentiles of one latency the first that differs stands for all.
const PERCENTILES: [&str; 5] = ["p99", "p90", "p50", "p99.9", "max of a slice"];

/// The figures of a word that stand for the others, and how many the others are.
pub struct Chosen<'a> {
    pub named: Vec<&'a Decided>,
    pub others: usize,
}

impl Comparison {
    /// `B was slower: p99 ...; nothing else exceeds noise.`
    pub fn sentence(&self) -> String {
        let (worse, better) = (self.chosen(Word::Worse), self.chosen(Word::Better));
        let differs = self.chosen(Word::Differs);
        let b = NAMES[1];
        let mut parts = Vec::new();
        if !worse.named.is_empty() {
            parts.push(format!(
                "{b} was {}: {}",
                self.worse_than(),
                worse.in_words()
            ));
        }
        if !better.named.is_empty() {
            let subject = if parts.is_empty() {
                format!("{b} was ")
            } else {
                String::new()
            };
            parts.push(format!(
                "{subject}{}: {}",
                self.better_than(),
                better.in_words()
            ));
        }
        if !differs.named.is_empty() {
            parts.push(format!("neither better nor worse: {}", differs.in_words()));
        }
        match parts.is_empty() {
            true => "Nothing exceeds noise.".into(),
            false => format!(
                "{}; nothing else exceeds noise.",
                sentence(&parts.join("; "))
            ),
        }
    }

    /// `not asked the same: seed (1 and 2)`; nothing where they were.
    pub fn not_asked_the_same(&self) -> Option<String> {
        let differing: Vec<String> = self
            .parameters
            .iter()
            .filter(|parameter| parameter.differs())
            .map(|it| format!("{} ({} in A, {} in B)", it.name, it.values[0], it.values[1]))
            .collect();
        let named = listed(&differing);
        (!differing.is_empty()).then(|| format!("The two were not asked the same: {named}."))
    }

    pub fn chosen(&self, word: Word) -> Chosen<'_> {
        let all: Vec<&Decided> = self.with(word).collect();
        let mut named: Vec<&Decided> = Vec::new();
        for decided in &all {
            let same = named.iter_mut().find(|other| stem(other) == stem(decided));
            match same {
                Some(other) if rank(decided) < rank(other) => *other = decided,
                Some(_) => {}
                None => named.push(decided),
            }
        }
        named.sort_by(|left, right| right.size().total_cmp(&left.size()));
        named.truncate(NAMED_MAX);
        Chosen {
            others: all.len() - named.len(),
            named,
        }
    }

    fn worse_than(&self) -> &'static str {
        match self.with(Word::Worse).all(is_of_time) {
            true => "slower",
            false => "worse",
        }
    }

    fn better_than(&self) -> &'static str {
        match self.with(Word::Better).all(is_of_time) {
            true => "faster",
            false => "better",
        }
    }
}

impl Chosen<'_> {
    fn in_words(&self) -> String {
        let named = self.named.iter().map(|decided| in_words(decided));
        let others = (self.others > 0).then(|| counted(self.others, "more figure", "more figures"));
        listed(&named.chain(others).collect::<Vec<_>>())
    }
}

/// `p99 to the acknowledgement, under faults, 24 ms -> 51 ms (+112 %)`
fn in_words(decided: &Decided) -> String {
    let [a, b] = decided.figure.values.shown();
    let part = decided.difference();
    let part = part
        .split_once(" (")
        .map_or(String::new(), |(_, part)| format!(" ({part}"));
    format!("{} {a} \u{2192} {b}{part}", title(decided))
}

/// The name with what it is a figure of.
pub fn title(decided: &Decided) -> String {
    let (group, name) = (&decided.figure.group, &decided.figure.name);
    match (group.strip_prefix("Latency "), name.rsplit_once(", ")) {
        (Some(when), Some((what, percentile))) => format!("{percentile} {what} {when}"),
        _ => match group.as_str() {
            "Verdict" => name.clone(),
            _ => format!(
                "{name} ({})",
                group.split(", ").next().unwrap_or(group).to_lowercase()
            ),
        },
    }
}

/// What takes longer is longer under way.
fn is_of_time(decided: &Decided) -> bool {
    let Figure { group, name, .. } = &decided.figure;
    group.starts_with("Latency")
        || group.starts_with("Critical path")
        || name.starts_with("orders under way")
}

fn stem(decided: &Decided) -> (&str, &str) {
    let name = &decided.figure.name;
    let stem = name
        .rsplit_once(", ")
        .map_or(name.as_str(), |(stem, _)| stem);
    (&decided.figure.group, stem)
}

fn rank(decided: &Decided) -> usize {
    let percentile = decided.figure.name.rsplit(", ").next().unwrap_or_default();
    let rank = PERCENTILES.iter().position(|name| *name == percentile);
    rank.unwrap_or(PERCENTILES.len())
}
