//! A file for each fault that has behaviour of its own.
//!
//! - [`latency`], [`slow_close`]: until when something waits.
//! - [`bandwidth`]: how much may leave now.
//! - [`corrupt`]: which bit.
//! - [`cut_on_commit`]: which commit, and the wait for its answer.
//! - [`reset`]: which connections end at once; so do those of [`refuse`], which is also the
//!   listener's.
//! - [`half_open`]: a client that is told nothing.
//! - [`blackhole`]: what vanishes; an end that nobody hears of.

pub(crate) mod answer_error;
pub(crate) mod bandwidth;
pub(crate) mod blackhole;
pub(crate) mod corrupt;
pub(crate) mod cut_on_commit;
pub(crate) mod half_open;
pub(crate) mod latency;
pub(crate) mod refuse;
pub(crate) mod reset;
pub(crate) mod slow_close;
