//! The embedded trace store: OTLP in, Jaeger's query API v3 out, and two pages to look at a trace.
//!
//! A real Jaeger takes its place by setting `JAEGER_URL`; both pass `tests/jaeger_api.rs`.
//!
//! ```text
//!   OTLP/HTTP ─┐                                   ┌─ query: Jaeger API v3
//!              ├─ ingest ─▶ otlp ─▶ shared(store) ─┤
//!   OTLP/gRPC ─┘            check    compact       └─ page: list, waterfall
//! ```
//!
//! # Layout
//! - [`otlp`]: an export request read in place: which spans, from which service, well-formed or not at all.
//! - [`store`]: the spans in compact form, whole traces evicted oldest first, search, and JSON out of it.
//! - [`shared`]: the store behind its lock, with turns for those who bring spans.
//! - [`ingest`], [`query`], [`page`]: the three sides of it; [`listeners`] puts them behind addresses.
//! - [`ids`], [`time`]: ids in hex, times in RFC 3339.
//! - [`settings`], [`metrics`]: what is configured, what is counted.
//!
//! # Invariants
//! - The store has no clock, no lock and no IO; those are around it.
//! - What it takes is bounded by `MEMORY_LIMIT_MB`, whatever is sent.
//! - Nothing that is sent can make it panic: bytes are checked whole before any is kept.
//! - It never traces itself: a store that records its own requests never rests.

#![forbid(unsafe_code)]

pub mod ids;
pub mod ingest;
pub mod listeners;
pub mod metrics;
pub mod otlp;
pub mod page;
pub mod query;
pub mod settings;
pub mod shared;
pub mod store;
pub mod time;
