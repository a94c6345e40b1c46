//! Breaks a running system on purpose, from outside, and keeps a receipt of everything it touched.
//!
//! # Layout
//! - [`experiment`]: files: what is broken when, and what must hold before and after.
//! - [`fault`]: what can be broken, one file a kind; [`fault::all`] is the list.
//! - [`agent`]: who holds the faults, as leases, beside the system.
//! - [`run`]: the harness: hypothesis, method, heartbeat, recovery.
//! - [`journal`]: what was done, a superset of Chaos Toolkit's journal. [`receipt`]: proof that something was touched.
//! - [`dice`]: choices as hash(seed, what), so that timing does not change them. [`clock`]: time as journals write it.
//!
//! Services know nothing of this crate: no fault is compiled into them.

#![forbid(unsafe_code)]

pub mod agent;
pub mod clock;
pub mod dice;
pub mod experiment;
pub mod fault;
pub mod journal;
pub mod receipt;
pub mod run;
