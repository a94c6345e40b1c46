//! Spans as the trace store gave them back.

use serde::{Deserialize, Serialize};

/// The traces of the orders that were sampled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traces {
    /// Orders whose trace was looked for; each has its entry below, found or not. `None`: nobody wrote it down.
    #[serde(default)]
    pub asked: Option<u64>,
    pub traces: Vec<Trace>,
}

/// All spans about one order. No spans: the store does not know it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The operation that placed it.
    pub op: u64,
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Where the edge begins a trace for each request, a cancel has a trace of its own.
    pub trace_id: String,
    pub span_id: String,
    pub parent_id: Option<String>,
    pub service: String,
    pub name: String,
    /// Unix us. 0: the span came without its times.
    #[serde(default)]
    pub start_us: u64,
    #[serde(default)]
    pub duration_us: u64,
    /// Its clock was set back in between: it has no duration.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended_before_it_began: bool,
    /// Span ids this span links to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redelivered: bool,
}
