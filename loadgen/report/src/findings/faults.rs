//! The faults of a run, numbered in the order in which they began: the number is what every chart shows.

use std::collections::BTreeMap;

use checkers::journal::{Injection, Journal};

use crate::words::{counted, listed};

#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Which of two runs, where they are compared; nothing where there is one.
    pub run: &'static str,
    /// From 1 on.
    pub number: usize,
    /// `process/kill`
    pub kind: String,
    /// What was touched: a process, a service, a count.
    pub target: String,
    pub began_ms: u64,
    pub ended_ms: u64,
    pub receipts: usize,
    /// Processes that ended, unix ms.
    pub deaths_ms: Vec<u64>,
    /// Until the slowest of its victims was ready again.
    pub back_after_ms: Option<u64>,
}

pub fn of(journal: &Journal) -> Vec<Fault> {
    let mut faults: Vec<Fault> = journal.faults().map(fault).collect();
    faults.sort_by_key(|fault| (fault.began_ms, fault.ended_ms));
    for (at, fault) in faults.iter_mut().enumerate() {
        fault.number = at + 1;
    }
    faults
}

fn fault(injection: &Injection) -> Fault {
    let back = |(at_ms, ready_ms): (u64, u64)| ready_ms.saturating_sub(at_ms);
    let receipts = &injection.receipts;
    Fault {
        run: "",
        number: 0,
        kind: injection.fault.clone().unwrap_or_default(),
        target: target(injection),
        began_ms: injection.began_ms(),
        ended_ms: injection.ended_ms,
        receipts: receipts.len(),
        deaths_ms: receipts
            .iter()
            .filter(|receipt| receipt.gone == Some(true))
            .map(|receipt| receipt.at_ms)
            .collect(),
        back_after_ms: receipts
            .iter()
            .filter_map(|receipt| Some((receipt.at_ms, receipt.ready_at_ms?)))
            .map(back)
            .max(),
    }
}

/// The one that was touched, or the services of the many.
fn target(injection: &Injection) -> String {
    let mut services: Vec<&str> = injection
        .receipts
        .iter()
        .map(|receipt| receipt.service.as_str())
        .collect();
    services.sort_unstable();
    services.dedup();
    match (injection.receipts.as_slice(), services.as_slice()) {
        ([], _) => "nothing".into(),
        ([one], _) => one.name.clone(),
        (_, [""]) => "several".into(),
        (_, [service]) => (*service).into(),
        (_, many) => counted(many.len(), "service", "services"),
    }
}

impl Fault {
    pub fn lasted_ms(&self) -> u64 {
        self.ended_ms.saturating_sub(self.began_ms)
    }

    /// `3 process/kill orders-2`
    pub fn label(&self) -> String {
        format!("{} {} {}", self.mark(), self.kind, self.target)
    }

    /// `3`, or `B3`
    pub fn mark(&self) -> String {
        format!("{}{}", self.run, self.number)
    }
}

/// `8 kills and 2 link faults`.
pub fn in_words(faults: &[Fault]) -> String {
    let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for fault in faults {
        *kinds.entry(noun(&fault.kind)).or_default() += 1;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let words: Vec<String> = kinds
        .into_iter()
        .map(|((one, many), n)| counted(n, one, many))
        .collect();
    listed(&words)
}

fn noun(kind: &str) -> (&'static str, &'static str) {
    let layer = kind.split('/').next().unwrap_or_default();
    match (kind, layer) {
        ("process/kill", _) => ("kill", "kills"),
        ("process/crash-at", _) => ("crash", "crashes"),
        ("process/restart", _) => ("restart", "restarts"),
        ("process/pause", _) => ("pause", "pauses"),
        ("link/blackhole" | "link/half-open", _) => ("partition", "partitions"),
        (_, "process") => ("process fault", "process faults"),
        (_, "link") => ("link fault", "link faults"),
        (_, "amqp") => ("message fault", "message faults"),
        (_, "broker") => ("broker fault", "broker faults"),
        (_, "database") => ("database fault", "database faults"),
        _ => ("fault", "faults"),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use checkers::journal::Receipt;

    pub fn injection(kind: &str, began_ms: u64, ended_ms: u64, touched: &[&str]) -> Injection {
        let receipt = |name: &&str| Receipt {
            name: (*name).into(),
            service: name.split('-').next().unwrap_or_default().into(),
            at_ms: began_ms,
            gone: Some(true),
            ready_at_ms: Some(ended_ms),
            ..Receipt::default()
        };
        Injection {
            fault: Some(kind.into()),
            title: kind.into(),
            ended_ms,
            duration: (ended_ms - began_ms) as f64 / 1_000.0,
            receipts: touched.iter().map(receipt).collect(),
        }
    }

    #[test]
    fn faults_are_numbered_as_they_began() {
        let run = vec![
            injection("link/blackhole", 5_000, 9_000, &["orders-1", "orders-2"]),
            Injection::default(),
            injection("process/kill", 1_000, 1_500, &["payments-2"]),
        ];
        let faults = of(&Journal {
            run,
            ..Journal::default()
        });
        let labels: Vec<String> = faults.iter().map(Fault::label).collect();
        assert_eq!(
            labels,
            ["1 process/kill payments-2", "2 link/blackhole orders"]
        );
        assert_eq!(
            (faults[0].back_after_ms, faults[1].lasted_ms()),
            (Some(500), 4_000)
        );
    }

    #[test]
    fn kinds_are_counted_in_words() {
        let run = vec![
            injection("process/kill", 1, 2, &["orders-1"]),
            injection("process/kill", 3, 4, &["orders-1"]),
            injection("link/blackhole", 5, 6, &["orders-1"]),
            injection("amqp/delivery/drop", 7, 8, &["orders-1"]),
        ];
        let words = in_words(&of(&Journal {
            run,
            ..Journal::default()
        }));
        assert_eq!(words, "2 kills, 1 message fault and 1 partition");
    }
}
