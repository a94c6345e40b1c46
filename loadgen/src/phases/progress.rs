//! What a person sees meanwhile: the view, or a line that changes on a terminal, or plain lines elsewhere.

use std::future::pending;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::console::{say, say_again};
use crate::tally::Tally;
use crate::view::{Sources, View, Word};
use crate::workload::Pace;

const ON_A_TERMINAL: Duration = Duration::from_secs(1);
/// In a log, a line a second is noise.
const IN_A_LOG: Duration = Duration::from_secs(5);

/// Dropped, it shows nothing more.
pub struct Progress {
    told: Told,
    view: Option<View>,
    /// `None` while the view is on.
    printing: Option<JoinHandle<()>>,
}

/// What the lines are made of.
#[derive(Clone)]
pub struct Told {
    pub tally: Arc<Tally>,
    pub pace: Pace,
    pub phase: watch::Receiver<&'static str>,
}

impl Progress {
    /// Lines, if there is nothing for a view or the terminal refuses it.
    pub fn start(told: Told, view: Option<Sources>) -> Self {
        let view = view.and_then(|sources| View::start(sources).ok());
        let printing = view.is_none().then(|| lines(told.clone()));
        Self {
            told,
            view,
            printing,
        }
    }

    /// When somebody at the view wants the run to stop. Lines hear nothing.
    pub async fn stopped(&mut self) {
        let Some(view) = &mut self.view else {
            return pending().await;
        };
        while view.word().await == Word::Gone {
            self.printing = Some(lines(self.told.clone()));
        }
    }

    /// What the view showed is gone with it: one line stays.
    pub fn end(self) {
        let last = self.printing.is_none().then(|| self.told.line());
        drop(self);
        if let Some(line) = last {
            say(line);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(printing) = &self.printing {
            printing.abort();
        }
    }
}

fn lines(mut told: Told) -> JoinHandle<()> {
    let terminal = std::io::stdout().is_terminal();
    tokio::spawn(async move {
        let mut tick = interval(if terminal { ON_A_TERMINAL } else { IN_A_LOG });
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                changed = told.phase.changed() => if changed.is_err() { return },
            }
            let line = told.line();
            match terminal {
                true => say_again(line),
                false => say(line),
            }
        }
    })
}

impl Told {
    fn line(&self) -> String {
        let (tally, phase) = (&self.tally, *self.phase.borrow());
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Relaxed);
        let label = match self.pace {
            Pace::Open => "",
            Pace::Closed => "closed loop: ",
        };
        format!(
            "{phase:<12} {label}{} sent  {} ended  {} under way  {} late  {} dropped  {} failed  {} unknown",
            read(&tally.sent),
            read(&tally.ended),
            read(&tally.in_flight),
            read(&tally.late),
            read(&tally.dropped),
            read(&tally.failed),
            read(&tally.unknown),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_loop_is_labelled() {
        let line = |pace| {
            let (_, phase) = watch::channel("baseline");
            let tally = Arc::default();
            Told { tally, pace, phase }.line()
        };
        assert!(line(Pace::Closed).contains("closed loop"));
        assert!(!line(Pace::Open).contains("loop"));
    }
}
