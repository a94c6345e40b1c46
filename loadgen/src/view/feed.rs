//! What the run tells the view: lines of the history after they were written, and what the method says.
//!
//! The thread that writes the history tells them, after it has written them: an order waits for nobody who looks on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use checkers::history::HistoryLine;

/// Waits for the view: some seconds of the highest load, and the view takes all of it twenty times a second. What
/// does not fit is counted and not shown.
const NEWS_MAX: usize = 8_192;

#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of it are lines, and a box for each is work for their writer"
)]
pub enum News {
    Line(HistoryLine),
    /// By the method.
    Said(String),
}

#[derive(Clone)]
pub struct Feed {
    news: SyncSender<News>,
    missed: Arc<AtomicU64>,
}

/// The end that the view reads.
pub struct Inbox {
    news: Receiver<News>,
    missed: Arc<AtomicU64>,
}

pub fn channel() -> (Feed, Inbox) {
    let (sender, news) = sync_channel(NEWS_MAX);
    let missed = Arc::default();
    let feed = Feed {
        news: sender,
        missed: Arc::clone(&missed),
    };
    (feed, Inbox { news, missed })
}

impl Feed {
    pub fn line(&self, line: HistoryLine) {
        if self.news.try_send(News::Line(line)).is_err() {
            self.missed.fetch_add(1, Relaxed);
        }
    }

    /// The line back when there is no view any more.
    pub fn said(&self, line: String) -> Option<String> {
        match self.news.try_send(News::Said(line)) {
            Err(TrySendError::Disconnected(News::Said(line))) => Some(line),
            // One that does not fit is in method.log.
            _ => None,
        }
    }
}

impl Inbox {
    /// What has come since the last time.
    pub fn take(&self) -> impl Iterator<Item = News> {
        self.news.try_iter().take(NEWS_MAX)
    }

    /// Lines of the history that did not fit.
    pub fn missed(&self) -> u64 {
        self.missed.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(op: u64) -> HistoryLine {
        let (at_us, why) = (0, String::new());
        HistoryLine::Unknown { op, at_us, why }
    }

    #[test]
    fn a_view_that_does_not_read_holds_nobody_up_and_knows_what_it_missed() {
        let (feed, inbox) = channel();
        (0..NEWS_MAX as u64 + 7).for_each(|op| feed.line(line(op)));
        assert_eq!(inbox.missed(), 7);
        assert_eq!(inbox.take().count(), NEWS_MAX);
        feed.line(line(1));
        assert_eq!((inbox.take().count(), inbox.missed()), (1, 7));
    }

    #[test]
    fn what_the_method_says_is_not_lost_with_the_view() {
        let (feed, inbox) = channel();
        assert_eq!(feed.said("one".into()), None);
        assert!(matches!(inbox.take().next(), Some(News::Said(line)) if line == "one"));
        drop(inbox);
        assert_eq!(feed.said("two".into()), Some("two".into()));
    }
}
