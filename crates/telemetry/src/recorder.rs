//! The process's one metrics recorder, and the thread that keeps its memory bounded.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The exporter keeps each histogram sample until a scrape or an upkeep folds it into buckets: without a scraper,
/// this interval bounds them (at 10,000 samples a second of 8 bytes, 400 kB).
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// From half a millisecond (a batch that found its rows in memory) to a minute (the longest deadline a request
/// may have), about two buckets an octave where the targets are (15 ms and 60 ms).
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.04, 0.06, 0.1, 0.15, 0.25, 0.5,
    1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Powers of two up to 1,024: sizes of batches, whose bound is below that.
const COUNTS: &[f64] = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];

/// From a small message to the 64 KiB a body may have, and beyond for what is not a body.
const BYTES: &[f64] = &[256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

pub(crate) struct Recorder {
    handle: PrometheusHandle,
}

impl Recorder {
    pub(crate) fn render(&self) -> String {
        self.handle.render()
    }
}

pub(crate) fn is_installed() -> bool {
    HANDLE.get().is_some()
}

/// Installs the recorder; `None` when this process has one already.
pub(crate) fn install() -> Option<Recorder> {
    let builder = PrometheusBuilder::new()
        .set_buckets(COUNTS)
        .and_then(|builder| builder.set_buckets_for_metric(suffix("_seconds"), SECONDS))
        .and_then(|builder| builder.set_buckets_for_metric(suffix("_bytes"), BYTES))
        // Only an empty list of buckets is refused.
        .ok()?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    HANDLE.set(handle.clone()).ok()?;
    let upkeep = handle.clone();
    // It lives as long as the process does, and holds nothing that has to be closed.
    std::thread::Builder::new()
        .name("metrics-upkeep".into())
        .spawn(move || {
            loop {
                std::thread::park_timeout(UPKEEP_INTERVAL);
                upkeep.run_upkeep();
            }
        })
        .ok()?;
    Some(Recorder { handle })
}

fn suffix(text: &str) -> Matcher {
    Matcher::Suffix(text.to_owned())
}
