//! Where a process can be told to end without another instruction. Without the feature `crash-points` a point is
//! nothing, and nobody can be told anything.
//!
//! ```text
//! prepare ─ commit ─(after-commit)─ publish ─ confirm ─(after-publish)─ delete from the outbox
//!                └─(before-acknowledge)─ acknowledge
//! ```

/// A place between two effects of which the first can be seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Inbox, state and outbox are committed; nothing is published, nobody answered.
    AfterCommit,
    /// The broker has confirmed; the rows are still in the outbox.
    AfterPublish,
    /// The effect is committed, its messages are on their way; the delivery is not acknowledged.
    BeforeAcknowledge,
}

impl Point {
    pub const ALL: [Self; 3] = [
        Self::AfterCommit,
        Self::AfterPublish,
        Self::BeforeAcknowledge,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::AfterCommit => "after-commit",
            Self::AfterPublish => "after-publish",
            Self::BeforeAcknowledge => "before-acknowledge",
        }
    }

    pub fn named(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.label() == label)
    }
}

#[cfg(feature = "crash-points")]
pub use armed::arm;
#[cfg(feature = "crash-points")]
pub(crate) use armed::reached;

#[cfg(not(feature = "crash-points"))]
pub(crate) fn reached(_: Point) {}

#[cfg(feature = "crash-points")]
mod armed {
    use super::Point;
    use std::{
        sync::{Mutex, PoisonError},
        time::{Duration, Instant},
    };

    static ARMED: Mutex<Option<(Point, Instant)>> = Mutex::new(None);

    /// Whoever reaches `point` within `term` ends the process: no drain, no flush, no goodbye.
    pub fn arm(point: Point, term: Duration) {
        *ARMED.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((point, Instant::now() + term));
    }

    pub(crate) fn reached(point: Point) {
        let armed = *ARMED.lock().unwrap_or_else(PoisonError::into_inner);
        if armed.is_some_and(|(at, until)| at == point && Instant::now() < until) {
            std::process::abort();
        }
    }
}
