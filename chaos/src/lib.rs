//! Breaks a running system on purpose, from outside, and keeps a receipt of everything it touched.
//!
//! # Layout
//! - [`fault`]: what can be broken, one file a kind; [`fault::ALL`] is the list
//! - [`target`]: where: the platform's processes today; each says what it can do
//! - [`experiment`]: when: faults and pauses over time
//! - [`journal`]: what was done, a superset of Chaos Toolkit's journal
//! - [`dice`]: choices as hash(seed, what), so that timing does not change them
//!
//! Services know nothing of this crate: no fault is compiled into them.

#![forbid(unsafe_code)]

pub mod clock;
pub mod dice;
pub mod experiment;
pub mod fault;
pub mod journal;
pub mod target;
