//! Latencies by kind. Those of a run are the sum of those of its intervals.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

/// Longest latency the histograms hold apart: an hour; longer counts as one.
pub const LATENCY_US_MAX: u64 = 3_600_000_000;
/// Three significant digits: 12.3 ms is not 12.4 ms.
const DIGITS: u8 = 3;

/// From the intended start, in microseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Latencies {
    /// To the answer.
    pub acknowledgement: Histogram<u64>,
    /// To the first sight of the end.
    pub by_coordination: BTreeMap<String, Histogram<u64>>,
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            acknowledgement: histogram(),
            by_coordination: BTreeMap::new(),
        }
    }
}

/// Of the latencies of a whole run.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(LATENCY_US_MAX, DIGITS)
        .expect("three digits up to an hour are within its limits")
}

impl Latencies {
    pub fn acknowledged(&mut self, latency_us: u64) {
        self.acknowledgement.saturating_record(latency_us);
    }

    pub fn ended(&mut self, coordination: &str, latency_us: u64) {
        if let Some(known) = self.by_coordination.get_mut(coordination) {
            return known.saturating_record(latency_us);
        }
        let mut new = histogram();
        new.saturating_record(latency_us);
        self.by_coordination.insert(coordination.to_owned(), new);
    }

    pub fn add(&mut self, other: &Self) {
        merge(&mut self.acknowledgement, &other.acknowledgement);
        for (coordination, theirs) in &other.by_coordination {
            let ours = self.by_coordination.entry(coordination.clone());
            merge(ours.or_insert_with(histogram), theirs);
        }
    }
}

fn merge(ours: &mut Histogram<u64>, theirs: &Histogram<u64>) {
    ours.add(theirs)
        .expect("both hold the same latencies apart");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(latencies: &[(bool, u64)]) -> Latencies {
        let mut of = Latencies::default();
        for &(choreographed, us) in latencies {
            of.acknowledged(us / 2);
            let coordination = ["orchestration", "choreography"][usize::from(choreographed)];
            of.ended(coordination, us);
        }
        of
    }

    proptest! {
        #[test]
        fn the_sum_of_the_parts_is_the_whole(
            all in prop::collection::vec((any::<bool>(), any::<u64>()), 0..50),
            cut in 0..50_usize,
        ) {
            let (before, after) = all.split_at(cut.min(all.len()));
            let mut sum = of(before);
            sum.add(&of(after));
            prop_assert_eq!(sum, of(&all));
        }
    }
}
