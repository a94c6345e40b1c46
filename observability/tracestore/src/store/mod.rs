//! The store itself: plain data, no clock, no lock, no IO.
//!
//! ```text
//!   Batch ──▶ append ──▶ log: [ sealed segment ][ sealed segment ] ... [ open segment ]
//!                              ▲ evicted from here, whole               ▲ written here
//!             table: one small entry a trace, in order of arrival; its spans are a chain of records
//!                    through the log, newest first
//! ```
//! A trace is whole or gone: when a segment is evicted, so is every trace that began in it.

mod base64;
mod catalogue;
mod codec;
mod json;
mod log;
mod reader;
mod record;
mod search;
mod segment;
mod table;
#[cfg(test)]
mod tests;

pub use catalogue::Operation;
pub use search::Query;

use crate::ids::TraceId;
use crate::otlp::Batch;
use catalogue::Catalogue;
use log::Log;
use table::Table;

/// Spans of one trace. An order makes about thirty; without a limit one endless trace would be one endless
/// answer.
pub const SPANS_PER_TRACE_MAX: u32 = 10_000;

/// Bytes of one encoded span. SDKs stop at 128 attributes; what is larger is a mistake of the sender.
pub const SPAN_BYTES_MAX: usize = 64 * 1024;

/// Below this a limit would hold little more than the segment that is being written.
pub const MEMORY_LIMIT_BYTES_MIN: usize = 8 << 20;

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    pub spans: u64,
    /// without ids, too large, or beyond [`SPANS_PER_TRACE_MAX`]
    pub refused: u64,
    pub evicted_traces: u64,
    pub evicted_spans: u64,
}

/// How full the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupancy {
    pub traces: usize,
    pub bytes: usize,
    pub limit_bytes: usize,
}

/// One trace in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub trace: TraceId,
    /// of the root span, or of the earliest one while the root is missing
    pub service: String,
    pub operation: String,
    pub start_ns: u64,
    pub duration_ns: u64,
    pub spans: u32,
    pub failed_spans: u32,
}

#[derive(Debug)]
pub struct Store {
    log: Log,
    table: Table,
    catalogue: Catalogue,
    limit_bytes: usize,
}

impl Store {
    pub fn new(limit_bytes: usize) -> Self {
        Self {
            log: Log::new(),
            table: Table::default(),
            catalogue: Catalogue::default(),
            limit_bytes: limit_bytes.max(MEMORY_LIMIT_BYTES_MIN),
        }
    }

    pub fn append(&mut self, batch: &Batch<'_>) -> Appended {
        let mut appended = Appended {
            refused: batch.refused,
            ..Appended::default()
        };
        for span in &batch.spans {
            let Some(origin) = batch.origins.get(span.origin) else {
                continue;
            };
            if origin.bytes() + span.body.len() > SPAN_BYTES_MAX || self.table.is_full(span.trace) {
                appended.refused += 1;
                continue;
            }
            if self.log.seal_when_full() {
                self.evict(&mut appended);
            }
            let service = self.catalogue.learn(origin.service, span.name, span.kind);
            let previous = self.table.last_record(span.trace);
            let position = self.log.write(origin, span, previous);
            self.table.add(span, service, position);
            appended.spans += 1;
        }
        appended
    }

    fn evict(&mut self, appended: &mut Appended) {
        while self.occupancy().bytes > self.limit_bytes {
            let Some(oldest_kept) = self.log.evict_oldest() else {
                return;
            };
            let gone = self.table.forget_before(oldest_kept);
            appended.evicted_traces += gone.traces;
            appended.evicted_spans += gone.spans;
        }
    }

    pub fn occupancy(&self) -> Occupancy {
        Occupancy {
            traces: self.table.len(),
            bytes: self.log.bytes() + self.table.bytes() + self.catalogue.bytes(),
            limit_bytes: self.limit_bytes,
        }
    }

    pub fn services(&self) -> Vec<String> {
        self.catalogue.services()
    }

    pub fn operations(&self, service: &str, kind: Option<&str>) -> Vec<Operation> {
        self.catalogue.operations(service, kind)
    }

    /// The traces that match, newest first by their start.
    pub fn find(&self, query: &Query<'_>) -> Vec<TraceId> {
        search::find(self, query)
    }

    pub fn summary(&self, trace: TraceId) -> Option<Summary> {
        search::summary(self, trace)
    }

    /// Writes the members of `resourceSpans` for one trace, separated by commas. Says whether there were any.
    pub fn write_trace(&self, trace: TraceId, out: &mut Vec<u8>) -> bool {
        json::write_trace(self, trace, out)
    }
}
