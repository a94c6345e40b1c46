//! Log lines on standard output, each with the trace it belongs to, behind a filter that can be replaced.

use std::fmt;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, FormatEvent, FormatFields, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, format};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

use crate::LogFormat;

/// The SDK logs each failed export; one dead collector would fill the log. `export.rs` says it once instead.
const ALWAYS: &str = "opentelemetry=off";

/// Filter directives that do not parse.
#[derive(Debug, thiserror::Error)]
#[error("{directives:?} is no log filter: {reason}; write something like info,messaging=debug")]
pub struct LogFilterError {
    directives: String,
    reason: String,
}

pub(crate) struct FilterHandle(reload::Handle<EnvFilter, Registry>);

impl FilterHandle {
    pub(crate) fn replace(&self, directives: &str) -> Result<(), LogFilterError> {
        let filter = parse(directives)?;
        self.0.reload(filter).map_err(|error| LogFilterError {
            directives: directives.to_owned(),
            reason: error.to_string(),
        })
    }
}

pub(crate) type LogLayer = Box<dyn Layer<Registry> + Send + Sync>;

pub(crate) fn layer(
    directives: &str,
    format: LogFormat,
) -> Result<(LogLayer, FilterHandle), LogFilterError> {
    let (filter, handle) = reload::Layer::new(parse(directives)?);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false);
    let layer = match format {
        LogFormat::Json => lines
            .fmt_fields(JsonFields::new())
            .event_format(JsonWithTrace(
                format::format()
                    .json()
                    .flatten_event(true)
                    .with_span_list(false),
            ))
            .with_filter(filter)
            .boxed(),
        LogFormat::Text => lines
            .event_format(TextWithTrace(format::format().with_ansi(false)))
            .with_filter(filter)
            .boxed(),
    };
    Ok((layer, FilterHandle(handle)))
}

fn parse(directives: &str) -> Result<EnvFilter, LogFilterError> {
    EnvFilter::try_new(format!("{ALWAYS},{directives}")).map_err(|error| LogFilterError {
        directives: directives.to_owned(),
        reason: error.to_string(),
    })
}

/// `{"trace_id":"…","timestamp":…}`
struct JsonWithTrace(Format<format::Json>);

/// `2026-11-01T… INFO … trace_id=…`
struct TextWithTrace(Format);

impl<S, N> FormatEvent<S, N> for JsonWithTrace
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(trace_id) = current_trace_id() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let rest = line.strip_prefix('{').unwrap_or(&line);
        write!(writer, "{{\"trace_id\":\"{trace_id}\",{rest}")
    }
}

impl<S, N> FormatEvent<S, N> for TextWithTrace
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(trace_id) = current_trace_id() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        writeln!(writer, "{} trace_id={trace_id}", line.trim_end())
    }
}

/// The trace of the span that is entered on this thread.
fn current_trace_id() -> Option<opentelemetry::TraceId> {
    Context::map_current(|context| {
        let span = context.span();
        let span = span.span_context();
        span.is_valid().then(|| span.trace_id())
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_wrong_filter_is_named_with_what_to_write_instead() {
        let error = parse("info,messaging=loud").expect_err("loud is no level");
        assert!(error.to_string().contains("messaging=loud"), "{error}");
        assert!(error.to_string().contains("messaging=debug"), "{error}");
    }
}
