//! Careless variants of our own code, each a small patch, and the proof that each is caught.
//!
//! ```text
//! patches/*.patch ─> variant ─> scratch copy ─> cargo ─> model | simulation | stores | run ─> claims
//!                      │                                                              │
//!                      └────────────── the claim it names  ==  among them? ───────────┘
//! ```
//!
//! A check that never failed is not known to bite. A variant is a mistake that real systems
//! make, written into production code and into nothing else: the judges stay as they are. It
//! is caught if the claim that its header names is violated, at the level it names, within
//! its bound. The unpatched copy goes through each level first, and every claim must hold.
//!
//! # Layout
//!
//! - [`variant`]: a patch file: header and difference. [`header`]: the lines of its header.
//! - [`difference`]: which files it changes, and to what. [`catalogue`]: all of them.
//! - [`claims`]: what may be named. [`level`]: where a variant is caught, a file a level.
//! - [`scratch`]: the copy that is patched. [`workshop`]: building and running in it.
//! - [`child`]: a process with a deadline. [`campaign`]: all of it, in order.
//! - [`progress`]: a line a step. [`table`], [`document`]: what is in README.md.

#![forbid(unsafe_code)]

pub mod campaign;
pub mod catalogue;
pub mod child;
pub mod claims;
pub mod difference;
pub mod document;
pub mod header;
pub mod level;
pub mod progress;
pub mod scratch;
pub mod table;
pub mod variant;
pub mod workshop;
