//! Drives the public API as customers would, writes down everything it was promised, and judges what came of it.
//!
//! ```text
//! warm-up -> baseline -> inject -> heal -> recovery -> drain -> final reads -> judge
//!            '------ open loop, or closed -----------'
//! ```
//!
//! # Layout
//! - [`workload`]: what is sent and what the figures must be: files, arrival shapes, mixes, thresholds
//! - [`drive`]: the load: schedule, plan of each order, the well-behaved caller, the life of one operation
//! - [`history`]: `history.jsonl`, streamed out as it happens
//! - [`latency_log`]: `latency.hlog`, the histograms of every few seconds
//! - [`phases`]: one run from warm-up to verdict
//! - [`evidence`]: the final reads: databases, event log, queues, Prometheus, traces, series over time
//! - [`folder`]: what a run leaves on disk, and judging it again from there
//! - [`view`]: what a person at a terminal sees meanwhile
//! - [`summary`]: the verdict as a table; [`outputs`]: as JUnit XML and Markdown, for CI
//! - [`endpoints`], [`settings`], [`clock`], [`console`], [`dice`], [`tally`]: what all of these need
//!
//! The judge itself is the crate `checkers`, which does no IO; the page that shows a run is the crate `report`.
//! Nothing here knows a service's code: only its public API, its tables, its messages and its metrics.

#![forbid(unsafe_code)]

pub mod clock;
pub mod console;
pub mod dice;
pub mod drive;
pub mod endpoints;
pub mod evidence;
pub mod folder;
pub mod history;
pub mod latency_log;
pub mod outputs;
pub mod phases;
pub mod settings;
pub mod summary;
pub mod tally;
pub mod view;
pub mod workload;
