//! What a person sees meanwhile: a line that changes on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::tally::Tally;

const ON_A_TERMINAL: Duration = Duration::from_secs(1);
/// In a log, a line a second is noise.
const IN_A_LOG: Duration = Duration::from_secs(5);

pub fn start(tally: Arc<Tally>, mut phase: watch::Receiver<&'static str>) -> JoinHandle<()> {
    let terminal = std::io::stdout().is_terminal();
    tokio::spawn(async move {
        let mut tick = interval(if terminal { ON_A_TERMINAL } else { IN_A_LOG });
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                changed = phase.changed() => if changed.is_err() { return },
            }
            let line = line(&tally, *phase.borrow());
            if terminal {
                print!("\r\x1b[K{line}");
                // A terminal that went away is not a reason to stop the run.
                let _ = std::io::stdout().flush();
            } else {
                println!("{line}");
            }
        }
    })
}

fn line(tally: &Tally, phase: &str) -> String {
    let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Relaxed);
    format!(
        "{phase:<12} {} sent  {} ended  {} under way  {} late  {} dropped  {} failed  {} unknown",
        read(&tally.sent),
        read(&tally.ended),
        read(&tally.in_flight),
        read(&tally.late),
        read(&tally.dropped),
        read(&tally.failed),
        read(&tally.unknown),
    )
}
