//! - [`seeds`]: two thousand worlds, half of them new each time.
//! - [`determinism`]: the same seed, the same trace.
//! - [`every_step`]: fail every step, repeat every step.
//! - [`planted`]: mistakes in the servers, caught by the claim that should.
//! - [`shrinking`]: a failure made small and run again from its file.
//! - [`command_line`]: what `simulate` prints and how it exits.

mod command_line;
mod determinism;
mod every_step;
mod planted;
mod seeds;
mod shrinking;
