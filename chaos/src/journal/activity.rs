//! A fault or a probe, from its beginning to its end.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::receipt::Receipt;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Activity {
    pub activity: Value,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    pub status: ActivityStatus,
    pub start: String,
    pub end: String,
    pub ended_ms: u64,
    /// Seconds.
    pub duration: f64,
    pub output: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance_met: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<Vec<String>>,
    #[serde(default)]
    pub receipts: Vec<Receipt>,
    /// All that were touched; of very many, not each left a receipt here.
    #[serde(default)]
    pub touched: u64,
    /// Only of one that has not ended; nothing of one that was read from a file.
    #[serde(skip)]
    began_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityStatus {
    /// Of a file that is written while it goes on.
    Running,
    Succeeded,
    Failed,
    /// Ended before its time, with the experiment.
    Aborted,
}

impl Activity {
    pub fn begin(kind: &str, title: &str, provider: Value) -> Self {
        let now_ms = clock::now_ms();
        Self {
            activity: json!({ "type": kind, "name": title, "provider": provider }),
            title: title.to_owned(),
            fault: None,
            status: ActivityStatus::Running,
            start: clock::iso8601(now_ms),
            end: clock::iso8601(now_ms),
            ended_ms: now_ms,
            duration: 0.0,
            output: Value::Null,
            tolerance_met: None,
            exception: None,
            receipts: Vec::new(),
            touched: 0,
            began_ms: now_ms,
        }
    }

    /// Now.
    pub fn end(&mut self, status: ActivityStatus) {
        self.status = status;
        self.ended_ms = clock::now_ms();
        self.end = clock::iso8601(self.ended_ms);
        self.duration = self.ended_ms.saturating_sub(self.began_ms) as f64 / 1_000.0;
    }

    pub fn fail(&mut self, why: String) {
        self.end(ActivityStatus::Failed);
        self.exception = Some(vec![why]);
    }
}
