//! Runs a world on this thread: tasks in the order in which they were woken, and time
//! jumps to its next timer whenever nobody can run.
//!
//! The pipeline spawns its tasks on a Tokio runtime, so this is one: a single thread
//! without drivers, whose queue is first-in first-out. It reads no clock and draws no
//! number; what varies from seed to seed is who waits how long, at every await on a
//! server.

use crate::world::World;
use std::{io, sync::Arc};

/// An error is the operating system's: there is no runtime.
pub fn run<T>(world: &Arc<World>, root: impl Future<Output = T>) -> io::Result<T> {
    let idle = Arc::clone(world);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .on_thread_park(move || idle.timeline.advance())
        .build()?;
    Ok(runtime.block_on(root))
}
