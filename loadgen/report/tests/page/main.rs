//! The pages of generated runs: what they say, how big they are, and what a real browser makes of them.

mod browser;
mod comparison;
mod content;
mod fits;
mod generated;
mod numbers;
