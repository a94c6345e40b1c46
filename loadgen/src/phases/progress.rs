//! What a person sees meanwhile: a line that changes on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::console::{say, say_again};
use crate::tally::Tally;
use crate::workload::Pace;

const ON_A_TERMINAL: Duration = Duration::from_secs(1);
/// In a log, a line a second is noise.
const IN_A_LOG: Duration = Duration::from_secs(5);

pub fn start(
    tally: Arc<Tally>,
    pace: Pace,
    mut phase: watch::Receiver<&'static str>,
) -> JoinHandle<()> {
    let terminal = std::io::stdout().is_terminal();
    tokio::spawn(async move {
        let mut tick = interval(if terminal { ON_A_TERMINAL } else { IN_A_LOG });
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                changed = phase.changed() => if changed.is_err() { return },
            }
            let line = line(&tally, pace, *phase.borrow());
            match terminal {
                true => say_again(line),
                false => say(line),
            }
        }
    })
}

fn line(tally: &Tally, pace: Pace, phase: &str) -> String {
    let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Relaxed);
    let label = match pace {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_loop_is_labelled() {
        let line = |pace| line(&Tally::default(), pace, "baseline");
        assert!(line(Pace::Closed).contains("closed loop"));
        assert!(!line(Pace::Open).contains("loop"));
    }
}
