//! What a process tells about itself: logs, traces and metrics, set up once.
//!
//! # Layout
//! - [`init`] and [`Settings`]: one call at start; [`Telemetry`] is what `main` keeps until its end.
//! - [`TraceContext`]: the W3C context of a span as two strings, to travel over HTTP, AMQP or a table row.
//! - [`http`]: that context in and out of HTTP headers.
//! - [`WorkSpan`]: a span made by hand, for batches in which many spans are open at once.
//! - [`Counter`], [`Gauge`], [`Histogram`]: a metric is declared once, as a `static`, with its unit, labels and
//!   meaning; [`Declaration`] is that as data, [`render_metrics_table`] prints it for METRICS.md.
//! - [`metrics`]: the metrics this crate itself has.
//!
//! # Invariants
//! - Nothing here waits for an observability back-end on a path of the business: spans go into a bounded queue
//!   that a thread of the SDK empties, metrics are atomics, and [`Telemetry::shutdown`] is bounded.
//! - No listener is opened: whoever owns the admin port renders [`Telemetry::metrics_text`].
//! - Without a collector configured there is no tracer at all, and a [`WorkSpan`] is an empty `Option`.

#![forbid(unsafe_code)]

mod context;
mod declaration;
mod export;
pub mod http;
mod instrument;
mod logs;
pub mod metrics;
mod process;
mod recorder;
mod series;
mod work_span;

use std::str::FromStr;
use std::sync::mpsc;
use std::time::Duration;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use context::TraceContext;
pub use declaration::{Declaration, Kind, Unit, render_metrics_table};
pub use instrument::{Counter, Gauge, Histogram};
pub use logs::LogFilterError;
pub use opentelemetry::Value;
pub use opentelemetry::trace::SpanKind;
pub use work_span::WorkSpan;

/// How long [`Telemetry::shutdown`] waits for the last spans: an orchestrator gives a process about ten seconds
/// between SIGTERM and SIGKILL, and the drain of real work has the first claim on them.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// What [`init`] needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `service.name` of every span.
    pub service: &'static str,
    /// `service.instance.id` of every span.
    pub instance: String,
    /// Base URL of an OTLP/HTTP collector; `None` turns tracing off.
    pub otlp_endpoint: Option<String>,
    /// Share of new traces that are recorded, 0 to 1; a trace that arrives from elsewhere keeps its decision.
    pub sample_ratio: f64,
    /// `tracing_subscriber::EnvFilter` directives, such as `info,messaging=debug`.
    pub log_filter: String,
    pub log_format: LogFormat,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// One human-readable line.
    Text,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err("expected json or text"),
        }
    }
}

/// Why [`init`] refused: each is a mistake of configuration or of the program, found at start.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error("the sample ratio must be between 0 and 1, not {0}")]
    SampleRatio(f64),
    #[error(transparent)]
    LogFilter(#[from] LogFilterError),
    #[error("the trace exporter cannot be built: {0}")]
    Exporter(String),
    #[error("telemetry is already set up in this process; call init once, in main")]
    AlreadySetUp,
}

/// Sets up logs, metrics and (with a collector) traces for the whole process.
pub fn init(settings: &Settings) -> Result<Telemetry, InitError> {
    if !(0.0..=1.0).contains(&settings.sample_ratio) {
        return Err(InitError::SampleRatio(settings.sample_ratio));
    }
    let (log_layer, filter) = logs::layer(&settings.log_filter, settings.log_format)?;
    let traces = export::provider(settings)?;
    let span_layer = traces.as_ref().map(export::span_layer);
    tracing_subscriber::registry()
        .with(log_layer)
        .with(span_layer)
        .try_init()
        .map_err(|_| InitError::AlreadySetUp)?;
    if let Some(provider) = &traces {
        work_span::use_tracer_of(provider);
    }
    let recorder = recorder::install().ok_or(InitError::AlreadySetUp)?;
    Ok(Telemetry {
        traces,
        filter,
        recorder,
    })
}

/// The running set-up; `main` keeps it and shuts it down last.
pub struct Telemetry {
    traces: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
    filter: logs::FilterHandle,
    recorder: recorder::Recorder,
}

impl Telemetry {
    /// All metrics in the Prometheus text format.
    pub fn metrics_text(&self) -> String {
        process::observe();
        self.recorder.render()
    }

    /// Replaces the log filter of the running process.
    pub fn set_log_filter(&self, directives: &str) -> Result<(), LogFilterError> {
        self.filter.replace(directives)
    }

    /// Sends the spans that are still queued and returns within two seconds, whatever the collector does.
    ///
    /// It blocks its thread, so it belongs at the very end of `main`.
    pub fn shutdown(&self) {
        let Some(provider) = self.traces.clone() else {
            return;
        };
        // A thread of its own: the SDK joins its exporter thread, whose blocking client may not be dropped
        // inside an async runtime, and the join knows no time limit.
        let (done, finished) = mpsc::channel();
        std::thread::spawn(move || {
            let outcome = provider.shutdown_with_timeout(SHUTDOWN_LIMIT);
            let _ = done.send(outcome);
        });
        match finished.recv_timeout(SHUTDOWN_LIMIT) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last spans were not sent"),
            Err(_) => {
                tracing::warn!(
                    "the last spans were not sent: the collector did not take them in time"
                )
            }
        }
    }
}
