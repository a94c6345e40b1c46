//! Batches: what is ready shares a transaction.
//!
//! ```text
//! consume ──┐                                   ┌─ ack(multiple)
//!           ├─> batch: one transaction ─ commit ┤
//! execute ──┘      │ fails                      └─ outflow ─ confirms ─> eraser
//!                  └─> one by one, culprit ─> quarantine
//! ```
//!
//! - [`batch`]: the transaction: inbox, load, fold, save, outbox, commit.
//! - [`admit`]: which of its items are new.
//! - [`fold`]: decide and evolve over a batch, in memory, without IO.
//! - [`consume`]: messages from the queue; settles each exactly when it may.
//! - [`hear`]: from bytes to what they ask of the core.
//! - [`execute`]: commands from HTTP and timers, through the same transaction.
//! - [`quarantine`]: the dead letter of a message that cannot be handled.
//! - [`outflow`]: publishes what was committed, over several [`lane`]s; [`eraser`] deletes what was confirmed.
//! - [`spans`]: the trace of a message.

mod admit;
pub(crate) mod batch;
pub(crate) mod consume;
pub(crate) mod eraser;
pub(crate) mod execute;
mod fold;
mod hear;
mod lane;
pub(crate) mod outflow;
mod quarantine;
mod spans;
pub(crate) mod stop;

pub use execute::{CommandSender, ExecuteError};
pub use quarantine::{DEAD_AT_MS, DEAD_REASON, ORIGINAL_EXCHANGE, ORIGINAL_ROUTING_KEY};

use std::{panic::AssertUnwindSafe, panic::catch_unwind};

/// `work`, with a panic turned into its words. A core that panics has met a state it
/// does not know; its message is quarantined, and the process lives for the others.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(&*panic))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("without words"))
}
