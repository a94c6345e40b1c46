//! The trace context over HTTP headers.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::TraceContext;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Writes the context of the current `tracing` span into `headers`, replacing what was there.
pub fn inject(headers: &mut HeaderMap) {
    if let Some(context) = TraceContext::current() {
        inject_context(&context, headers);
    }
}

/// Writes `context` into `headers`, replacing what was there.
pub fn inject_context(context: &TraceContext, headers: &mut HeaderMap) {
    headers.remove(TRACESTATE);
    // Both values are ASCII by construction; a value that is not is left out.
    if let Ok(parent) = HeaderValue::from_str(&context.traceparent) {
        headers.insert(TRACEPARENT, parent);
    }
    if let Some(Ok(state)) = context.tracestate.as_deref().map(HeaderValue::from_str) {
        headers.insert(TRACESTATE, state);
    }
}

/// The context a request came with, if it is a valid one.
pub fn extract(headers: &HeaderMap) -> Option<TraceContext> {
    let text = |name| headers.get(name)?.to_str().ok();
    TraceContext::parse(text(TRACEPARENT)?, text(TRACESTATE))
}

#[cfg(test)]
mod tests {
    use super::{extract, inject_context};
    use crate::TraceContext;

    #[test]
    fn what_is_injected_is_extracted() {
        let context = TraceContext {
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00".into(),
            tracestate: Some("a=1,b=2".into()),
        };
        let mut headers = http::HeaderMap::new();
        headers.insert("tracestate", http::HeaderValue::from_static("old=1"));
        inject_context(&context, &mut headers);
        assert_eq!(extract(&headers), Some(context));
    }

    #[test]
    fn bytes_that_are_no_text_are_no_context() {
        let mut headers = http::HeaderMap::new();
        let bytes = http::HeaderValue::from_bytes(b"\xff\xfe").expect("opaque bytes are allowed");
        headers.insert("traceparent", bytes);
        assert_eq!(extract(&headers), None);
    }
}
