//! What was broken on purpose, as far as the judge needs it: read from the `run` of a chaos journal.

mod span;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use span::Span;

/// A subset of the journal file; fields of other tools are passed over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    #[serde(default)]
    pub experiment: Experiment,
    #[serde(default)]
    pub run: Vec<Injection>,
}

/// What was to be found out, as far as it bounds a claim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The longest that the steady state may take to come back.
    #[serde(default)]
    pub recovery: Option<Span>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Injection {
    /// `process/kill`. Pauses and probes have none.
    #[serde(default)]
    pub fault: Option<String>,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub ended_ms: u64,
    /// Seconds, as Chaos Toolkit has it.
    #[serde(default)]
    pub duration: f64,
    #[serde(default)]
    pub receipts: Vec<Receipt>,
}

/// Proof that something was touched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The process, connection or message.
    pub name: String,
    #[serde(default)]
    pub service: String,
    pub at_ms: u64,
    /// Of a victim that was told to go: it was seen to be gone, not only told.
    #[serde(default)]
    pub gone: Option<bool>,
    #[serde(default)]
    pub ready_at_ms: Option<u64>,
    /// The message that was touched: poisoned, duplicated, dropped.
    #[serde(default)]
    pub message_id: Option<String>,
    /// The queue that a message was put into.
    #[serde(default)]
    pub queue: Option<String>,
}

impl Injection {
    pub fn began_ms(&self) -> u64 {
        self.ended_ms
            .saturating_sub((self.duration * 1_000.0).round() as u64)
    }

    /// When it was over: a victim that was ready again only later was broken until then. `None`: nobody wrote it down.
    pub fn over_ms(&self) -> Option<u64> {
        let ready = self.receipts.iter().filter_map(|it| it.ready_at_ms).max();
        Some(self.ended_ms.max(ready.unwrap_or(0))).filter(|over_ms| *over_ms > 0)
    }
}

impl Journal {
    /// Of a run in which nothing was broken.
    pub fn unbroken() -> &'static Journal {
        static UNBROKEN: Journal = Journal {
            experiment: Experiment { recovery: None },
            run: Vec::new(),
        };
        &UNBROKEN
    }

    pub fn faults(&self) -> impl Iterator<Item = &Injection> {
        self.run
            .iter()
            .filter(|injection| injection.fault.is_some())
    }

    pub fn kills(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts_of(&["process/kill", "process/crash-at"])
    }

    /// Lives that ended, whether or not they were asked.
    pub fn deaths(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts_of(&[
            "process/kill",
            "process/terminate",
            "process/restart",
            "process/crash-at",
        ])
    }

    /// Messages that nobody can read, by their ids, with the queue they were put into where the receipt has it: each
    /// must become a dead letter there.
    pub fn poisoned(&self) -> BTreeMap<&str, Option<&str>> {
        let faults = self.faults();
        let poison = faults.filter(|one| {
            one.fault
                .as_deref()
                .is_some_and(|it| it.ends_with("/poison"))
        });
        let receipts = poison.flat_map(|injection| &injection.receipts);
        receipts
            .filter_map(|receipt| Some((receipt.message_id.as_deref()?, receipt.queue.as_deref())))
            .collect()
    }

    /// Whether a fault lay on the way of a service's spans to the trace store.
    pub fn blinded_between(&self, service: &str, from_ms: u64, to_ms: u64) -> bool {
        self.faults().any(|fault| {
            let is_blind = |receipt: &&Receipt| {
                receipt.service == service && receipt.name.ends_with("/traces")
            };
            let began_ms = fault
                .receipts
                .iter()
                .filter(is_blind)
                .map(|it| it.at_ms)
                .min();
            began_ms.is_some_and(|began_ms| began_ms <= to_ms && from_ms <= fault.ended_ms)
        })
    }

    /// Whether a fault lay between a service and its database, or ended the database's sessions: a commit may have had
    /// no answer.
    pub fn leaves_commits_unsure(&self, service: &str) -> bool {
        self.faults().any(|fault| {
            let kind = fault.fault.as_deref().unwrap_or_default();
            let ends_sessions = kind == "database/terminate-backends";
            fault.receipts.iter().any(|receipt| {
                let is_on_link = receipt.service == service && receipt.name.ends_with("/database");
                is_on_link
                    || receipt.name == "postgres"
                    || ends_sessions && receipt.name == service.replace('-', "_")
            })
        })
    }

    fn receipts_of<'a>(&'a self, kinds: &'a [&str]) -> impl Iterator<Item = &'a Receipt> {
        let is_of = |one: &&Injection| one.fault.as_deref().is_some_and(|it| kinds.contains(&it));
        self.faults()
            .filter(is_of)
            .flat_map(|injection| &injection.receipts)
    }

    pub fn kills_by_service(&self) -> BTreeMap<String, u64> {
        self.kills().fold(BTreeMap::new(), |mut kills, receipt| {
            *kills.entry(receipt.service.clone()).or_default() += 1;
            kills
        })
    }

    pub fn killed_between(&self, service: &str, from_ms: u64, to_ms: u64) -> bool {
        self.kills()
            .any(|kill| kill.service == service && (from_ms..=to_ms).contains(&kill.at_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn injection(fault: Option<&str>, touched: &[(&str, u64)]) -> Injection {
        let receipt = |(service, at_ms): &(&str, u64)| Receipt {
            service: (*service).into(),
            at_ms: *at_ms,
            ..Receipt::default()
        };
        Injection {
            fault: fault.map(str::to_owned),
            receipts: touched.iter().map(receipt).collect(),
            ..Injection::default()
        }
    }

    /// A probe, two kills of orders, one of payments, and a pause, which is no kill.
    fn journal() -> Journal {
        journal_of(vec![
            injection(None, &[("orders", 50)]),
            injection(Some("process/kill"), &[("orders", 100), ("payments", 150)]),
            injection(Some("process/kill"), &[("orders", 200)]),
            injection(Some("process/pause"), &[("shipping", 250)]),
        ])
    }

    fn journal_of(run: Vec<Injection>) -> Journal {
        Journal {
            run,
            ..Journal::default()
        }
    }

    #[test]
    fn a_probe_is_no_fault_and_a_pause_is_no_kill() {
        assert_eq!(journal().faults().count(), 3);
        let kills = journal().kills_by_service();
        let counted = [("orders", 2), ("payments", 1)];
        assert_eq!(kills, counted.map(|(name, n)| (name.to_owned(), n)).into());
    }

    #[test]
    fn a_service_is_blind_while_a_fault_lies_between_it_and_the_trace_store() {
        let mut journal = Journal::default();
        let mut fault = injection(
            Some("link/blackhole"),
            &[("orders", 100), ("payments", 150)],
        );
        fault.receipts[0].name = "orders-1/traces".into();
        fault.receipts[1].name = "payments-1/broker".into();
        fault.ended_ms = 300;
        journal.run.push(fault);
        assert!(journal.blinded_between("orders", 0, 100));
        assert!(journal.blinded_between("orders", 300, 400));
        assert!(!journal.blinded_between("orders", 301, 400));
        assert!(!journal.blinded_between("orders", 0, 99));
        assert!(!journal.blinded_between("payments", 100, 300));
    }

    #[test]
    fn commits_are_unsure_where_a_fault_touched_the_way_to_the_database() {
        let of = |kind, service, name: &str| {
            let mut fault = injection(Some(kind), &[(service, 100)]);
            fault.receipts[0].name = name.into();
            journal_of(vec![fault])
        };
        let cut = of("database/cut-on-commit", "orders", "orders-1/database");
        assert!(cut.leaves_commits_unsure("orders") && !cut.leaves_commits_unsure("payments"));
        let restart = of("process/restart", "postgres", "postgres");
        assert!(restart.leaves_commits_unsure("payments"));
        let ended = of("database/terminate-backends", "", "order_view");
        assert!(ended.leaves_commits_unsure("order-view"));
        assert!(!of("link/reset", "orders", "orders-1/broker").leaves_commits_unsure("orders"));
    }

    #[test]
    fn a_fault_began_its_duration_before_its_end() {
        let text = r#"{"fault":"link/reset","ended_ms":10000,"duration":1.002}"#;
        let fault: Injection = serde_json::from_str(text).expect("an activity");
        assert_eq!((fault.began_ms(), fault.ended_ms), (8_998, 10_000));
    }

    #[test]
    fn a_fault_is_over_when_its_last_victim_is_ready_again() {
        let mut fault = injection(Some("process/kill"), &[("orders", 100), ("payments", 100)]);
        assert_eq!(fault.over_ms(), None, "nobody wrote it down");
        fault.ended_ms = 150;
        assert_eq!(fault.over_ms(), Some(150));
        fault.receipts[1].ready_at_ms = Some(900);
        assert_eq!(fault.over_ms(), Some(900));
    }

    #[test]
    fn the_bound_of_the_recovery_is_the_experiments() {
        let read = |text| serde_json::from_str::<Journal>(text).map(|it| it.experiment.recovery);
        let bound = read(r#"{"experiment":{"title":"t","recovery":"90s"},"run":[]}"#);
        assert_eq!(
            bound.expect("a journal").map(|span| span.ms()),
            Some(90_000)
        );
        assert_eq!(read(r#"{"run":[]}"#).expect("a journal"), None);
        let wrong = read(r#"{"experiment":{"recovery":"soon"}}"#).expect_err("no length of time");
        assert!(wrong.to_string().contains("500ms"), "{wrong}");
    }

    #[test]
    fn a_kill_is_of_its_service_and_of_its_time() {
        let journal = journal();
        assert!(journal.killed_between("orders", 100, 100));
        assert!(journal.killed_between("payments", 0, 1_000));
        assert!(!journal.killed_between("orders", 101, 199));
        assert!(!journal.killed_between("payments", 200, 1_000));
        assert!(!journal.killed_between("shipping", 0, 1_000));
    }
}
