//! Who ends the program by a signal wants what it started ended with it.

use std::future::pending;
use std::io;

use futures::stream::{FuturesUnordered, StreamExt};
use rustix::process::Signal;
use tokio::signal::unix::{self, SignalKind, signal};

/// Ctrl-C, the end of a job, and the end of a session.
const STOPPING: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

/// Until the first of them. What whoever started us told us to ignore is none: under `nohup` a run outlives its session.
pub async fn stopped() -> io::Result<()> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let heard = STOPPING
        .into_iter()
        .filter(|one| !is_ignored(&status, *one));
    let heard = heard.map(|one| signal(SignalKind::from_raw(one.as_raw())));
    let mut heard = heard.collect::<io::Result<Vec<unix::Signal>>>()?;
    let mut all: FuturesUnordered<_> = heard.iter_mut().map(unix::Signal::recv).collect();
    match all.next().await {
        Some(_) => Ok(()),
        // All of them are ignored.
        None => pending().await,
    }
}

/// A bit a signal, from the lowest.
fn is_ignored(status: &str, signal: Signal) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nohup_ignores_is_ignored() {
        let status = "Name:\tloadgen\nSigBlk:\t0000000000004003\nSigIgn:\t0000000000001001\n";
        let ignored = STOPPING.map(|signal| is_ignored(status, signal));
        assert_eq!(ignored, [false, false, true]);
        assert!(!is_ignored("", Signal::HUP), "where there is no such file");
    }
}
