//! The live view of a run, for who looks at a terminal. Without one nothing of it is there.
//!
//! ```text
//! history's thread --lines--> feed -> show (a thread) --draws--> terminal
//! method ------------words--/    tally --samples--^   <--keys---/
//! ```
//!
//! - [`wanted`]: whether there is somebody to look. [`screen`]: the terminal, taken and given back.
//! - [`feed`]: what the run tells. [`show`]: the thread that reads, draws and hears.
//! - [`model`]: all figures, without clock and IO. [`page`]: what is shown together. [`panel`]: a file a panel.
//! - [`keys`]: what keys do.
//!
//! An order's way is the same with and without it: what the view knows of single orders it hears from the thread that
//! writes the history, and the counters are the load's own.

pub mod feed;
pub mod keys;
pub mod model;
pub mod page;
pub mod panel;
pub mod screen;
mod show;
#[cfg(test)]
mod tests;
pub mod wanted;

use std::future::pending;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::now_us;
use crate::drive::schedule::Schedule;
use crate::tally::Tally;
use feed::Inbox;
use model::Model;
use model::brief::Brief;
use model::intended::Intended;
use show::Show;

/// A frame and a look at the keys take a tenth of it; a terminal that takes nothing is not waited for.
const GOODBYE: Duration = Duration::from_secs(1);

/// What the view is shown of a run.
pub struct Sources {
    pub brief: Brief,
    pub schedule: Schedule,
    pub inbox: Inbox,
    pub tally: Arc<Tally>,
    pub phase: watch::Receiver<&'static str>,
    /// Where the method leaves its journal.
    pub journal: PathBuf,
}

/// A view that is on. Dropped, it gives the terminal back.
pub struct View {
    over: Arc<AtomicBool>,
    stop: watch::Receiver<bool>,
    is_gone: bool,
    /// Nothing ever comes of it; it breaks when the thread ends.
    ended: Receiver<()>,
}

/// Why somebody who waited for the view is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Somebody wants the run to stop.
    Stop,
    /// The terminal was given back before the run was over: after a panic, or because it went away.
    Gone,
}

impl View {
    pub fn start(sources: Sources) -> io::Result<Self> {
        let screen = screen::take()?;
        let (stop, stopped) = watch::channel(false);
        let (ending, ended) = channel();
        let over = Arc::default();
        let show = Show {
            model: Model::new(sources.brief, now_us()),
            inbox: sources.inbox,
            tally: sources.tally,
            phase: sources.phase,
            intended: Intended::of(sources.schedule),
            journal: sources.journal,
            stop,
            over: Arc::clone(&over),
        };
        let thread = std::thread::Builder::new().name("view".into());
        let spawned = thread.spawn(move || {
            show.run(screen);
            drop(ending);
        });
        let view = Self {
            over,
            stop: stopped,
            is_gone: false,
            ended,
        };
        // Without its thread it is dropped at once.
        spawned.map(|_| view)
    }

    /// A key; that the terminal is gone is said once.
    pub async fn word(&mut self) -> Word {
        if self.is_gone {
            return pending().await;
        }
        match self.stop.wait_for(|stop| *stop).await {
            Ok(_) => Word::Stop,
            Err(_) => {
                self.is_gone = true;
                Word::Gone
            }
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.over.store(true, SeqCst);
        let _ = self.ended.recv_timeout(GOODBYE);
        screen::give_back();
    }
}
