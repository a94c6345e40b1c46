//! Spans out of the process: OTLP over HTTP, from a bounded queue, by a thread of the SDK.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, RetryPolicy, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanData,
    SpanExporter,
};
use tracing::{Level, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::{InitError, Settings, metrics::SPANS_EXPORTED};

/// Spans that wait for the exporter: two seconds of the busiest service (500 orders/s, about four spans each, on
/// one instance), about 1 kB a span. Beyond it spans are dropped, never work delayed.
const QUEUE_SPANS_MAX: usize = 4096;

/// Spans in one request: the SDK's default, below the 4 MB that collectors accept by default.
const BATCH_SPANS_MAX: usize = 512;

/// How long a span waits for company: a trace is complete in the store soon after its order is.
const FLUSH_INTERVAL: Duration = Duration::from_millis(500);

/// One request to the collector, which is near. With the queue above, a collector that accepts and never answers
/// costs the spans of that time and nothing else.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a connection to the collector is kept without use: two flushes, and far less than any server keeps one. A
/// server that closes it just as we post would cost the batch.
const IDLE_LIMIT: Duration = Duration::from_secs(1);

/// The provider of all spans, or `None` when no collector is configured.
pub(crate) fn provider(settings: &Settings) -> Result<Option<SdkTracerProvider>, InitError> {
    let Some(endpoint) = &settings.otlp_endpoint else {
        return Ok(None);
    };
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(EXPORT_TIMEOUT)
        .with_http_client(client()?)
        // A retry would hold up the queue behind it; the next batch is the retry.
        .with_retry_policy(RetryPolicy::disabled())
        .build()
        .map_err(|error| InitError::Exporter(error.to_string()))?;
    let processor = BatchSpanProcessor::builder(Observed::new(exporter))
        .with_batch_config(
            BatchConfigBuilder::default()
                .with_max_queue_size(QUEUE_SPANS_MAX)
                .with_max_export_batch_size(BATCH_SPANS_MAX)
                .with_scheduled_delay(FLUSH_INTERVAL)
                .build(),
        )
        .build();
    let resource = Resource::builder_empty()
        .with_service_name(settings.service)
        .with_attributes([KeyValue::new(
            "service.instance.id",
            settings.instance.clone(),
        )])
        .build();
    Ok(Some(
        SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_sampler(Sampler::parent_based(Sampler::TraceIdRatioBased(
                settings.sample_ratio,
            )))
            .with_resource(resource)
            .build(),
    ))
}

/// The SDK's thread is not one of a runtime, so the client blocks; it must not be made on one that is.
fn client() -> Result<reqwest::blocking::Client, InitError> {
    let building = std::thread::spawn(|| {
        reqwest::blocking::Client::builder()
            .timeout(EXPORT_TIMEOUT)
            .pool_idle_timeout(IDLE_LIMIT)
            .build()
    });
    let failed = |why: String| InitError::Exporter(why);
    let built = building.join();
    let built = built.map_err(|_| failed("the client's thread panicked".to_owned()))?;
    built.map_err(|error| failed(error.to_string()))
}

/// The layer that makes OpenTelemetry spans of `tracing` spans. Log events stay in the log.
pub(crate) fn span_layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let layer: OpenTelemetryLayer<S, SdkTracer> =
        tracing_opentelemetry::layer().with_tracer(provider.tracer("breakwater"));
    layer
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        // Debug spans are those of libraries (the database driver has one a query): not worth an export.
        .with_filter(filter_fn(|metadata| {
            metadata.is_span() && *metadata.level() <= Level::INFO
        }))
}

/// An exporter whose outcome is counted, and logged when it changes.
#[derive(Debug)]
struct Observed<E> {
    exporter: E,
    failing: AtomicBool,
}

impl<E> Observed<E> {
    fn new(exporter: E) -> Self {
        Self {
            exporter,
            failing: AtomicBool::new(false),
        }
    }
}

impl<E: SpanExporter> SpanExporter for Observed<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let outcome = self.exporter.export(batch).await;
        let was_failing = self.failing.swap(outcome.is_err(), Ordering::Relaxed);
        match &outcome {
            Ok(()) => SPANS_EXPORTED.add(spans, &["sent"]),
            Err(_) => SPANS_EXPORTED.add(spans, &["lost"]),
        }
        match (&outcome, was_failing) {
            (Err(error), false) => {
                tracing::warn!(%error, "spans are being lost until the trace collector answers again")
            }
            (Ok(()), true) => tracing::info!("the trace collector answers again"),
            (Err(_), true) | (Ok(()), false) => {}
        }
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
