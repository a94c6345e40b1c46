//! What was broken on purpose, as far as the judge needs it: read from the `run` of a chaos journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A subset of the journal file; fields of other tools are passed over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    #[serde(default)]
    pub run: Vec<Injection>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Injection {
    /// `process/kill`. Pauses and probes have none.
    #[serde(default)]
    pub fault: Option<String>,
    #[serde(default)]
    pub title: String,
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
    /// The victim was seen to be gone, not only asked to go.
    #[serde(default)]
    pub gone: bool,
    #[serde(default)]
    pub ready_at_ms: Option<u64>,
    /// Messages that were poisoned, duplicated, dropped.
    #[serde(default)]
    pub message_id: Option<String>,
}

impl Journal {
    pub fn faults(&self) -> impl Iterator<Item = &Injection> {
        self.run
            .iter()
            .filter(|injection| injection.fault.is_some())
    }

    pub fn kills(&self) -> impl Iterator<Item = &Receipt> {
        self.faults()
            .filter(|injection| injection.fault.as_deref() == Some("process/kill"))
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
