//! How a link tells the rest of the process whether it is up.

use std::{fmt, sync::Arc};

/// One condition of readiness. This crate does not know who listens.
#[derive(Clone)]
pub struct Gate {
    open: Arc<dyn Fn() + Send + Sync>,
    close: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Gate {
    /// `close` is told why, in words for a person.
    pub fn new(
        open: impl Fn() + Send + Sync + 'static,
        close: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self {
            open: Arc::new(open),
            close: Arc::new(close),
        }
    }

    /// Nobody listens.
    pub fn unwatched() -> Self {
        Self::new(|| {}, |_| {})
    }

    pub fn open(&self) {
        (self.open)();
    }

    pub fn close(&self, why: &str) {
        (self.close)(why);
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}
