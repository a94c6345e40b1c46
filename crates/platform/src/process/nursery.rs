//! The one thread every child is born on.
//!
//! The kernel kills a child with `PR_SET_PDEATHSIG` when the *thread* that made it dies, and threads of a
//! multi-threaded runtime come and go. So one thread, with a runtime of its own, makes and tends all children of a
//! supervisor and lives exactly as long as it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, watch};

/// SIGKILL takes effect at once unless a process hangs in the kernel, and for that nobody should wait longer.
const LAST_WAIT: Duration = Duration::from_secs(5);

pub struct Nursery {
    runtime: Handle,
    closing: watch::Sender<bool>,
    open: Mutex<Option<Open>>,
}

struct Open {
    thread: JoinHandle<()>,
    /// Every task holds a clone; the thread ends when the last is gone.
    held: mpsc::Sender<()>,
}

/// Held by each task of the nursery: tells it when to end, and the nursery when it has.
pub struct Lease {
    closing: watch::Receiver<bool>,
    _held: Option<mpsc::Sender<()>>,
}

impl Lease {
    pub async fn ends(&mut self) {
        // An error means that the nursery itself is gone: the same thing.
        let _ = self.closing.wait_for(|closing| *closing).await;
    }
}

impl Nursery {
    pub fn new() -> io::Result<Nursery> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (closing, mut closed) = watch::channel(false);
        let (held, mut all_let_go) = mpsc::channel::<()>(1);
        let thread = thread::Builder::new()
            .name("nursery".into())
            .spawn(move || {
                runtime.block_on(async move {
                    let _ = closed.wait_for(|closing| *closing).await;
                    let _ = tokio::time::timeout(LAST_WAIT, all_let_go.recv()).await;
                });
            })?;
        Ok(Nursery {
            runtime: handle,
            closing,
            open: Mutex::new(Some(Open { thread, held })),
        })
    }

    /// Runs `task` on the nursery's thread.
    pub fn spawn<F, T>(&self, task: impl FnOnce(Lease) -> F) -> tokio::task::JoinHandle<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.runtime.spawn(task(Lease {
            closing: self.closing.subscribe(),
            _held: self.open().as_ref().map(|open| open.held.clone()),
        }))
    }

    /// Kills every child and returns when they are gone. After that, nothing can be started here.
    pub fn close(&self) {
        let _ = self.closing.send(true);
        if let Some(Open { thread, held }) = self.open().take() {
            drop(held);
            let _ = thread.join();
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Nursery {
    fn drop(&mut self) {
        self.close();
    }
}
