//! Spans whose times contradict who caused whom. Told and not judged: the clocks of several hosts are nobody's promise.

use std::collections::BTreeMap;

use super::connections::named;
use crate::traces::{Span, Trace};

/// What NTP keeps the clocks of one network within. On one host there is one clock, and a child that begins before its
/// parent by more was given the wrong parent, or the clock was set.
const TOLERANCE_US: u64 = 1_000;

/// One line each.
pub fn anomalies(trace: &Trace) -> Vec<String> {
    let by_id: BTreeMap<&str, &Span> = (trace.spans.iter())
        .filter(|span| span.start_us > 0)
        .map(|span| (span.span_id.as_str(), span))
        .collect();
    let mut found = Vec::new();
    for span in by_id.values() {
        if span.ended_before_it_began {
            found.push(format!("{} ended before it began", named(span)));
        }
        let parent = span.parent_id.as_deref().and_then(|id| by_id.get(id));
        if let Some(parent) = parent
            && let Some(early) = earlier(span.start_us, parent)
        {
            let (child, parent) = (named(span), named(parent));
            found.push(format!("{child} began {early} before its parent {parent}"));
        }
        // Two attempts race: the one that lost, and links to the other, may well have begun first.
        let end_us = span.start_us.saturating_add(span.duration_us);
        for cause in span.links.iter().filter_map(|id| by_id.get(id.as_str())) {
            if let Some(early) = earlier(end_us, cause) {
                let (effect, cause) = (named(span), named(cause));
                found.push(format!("{effect} ended {early} before {cause} began"));
            }
        }
    }
    found
}

fn earlier(at_us: u64, cause: &Span) -> Option<String> {
    let early_us = cause.start_us.saturating_sub(at_us);
    (early_us > TOLERANCE_US).then(|| format!("{:.1} ms", early_us as f64 / 1_000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: &str, parent: &str, start_us: u64) -> Span {
        Span {
            span_id: id.into(),
            parent_id: Some(parent.into()),
            service: "orders".into(),
            name: format!("process {id}"),
            start_us,
            duration_us: 500,
            ..Span::default()
        }
    }

    fn told(second: Span) -> Vec<String> {
        let spans = vec![span("a", "caller", 10_000), second];
        anomalies(&Trace { op: 0, spans })
    }

    #[test]
    fn a_child_begins_after_its_parent_but_for_what_clocks_may_differ() {
        for at_us in [10_000, 99_000, 9_000] {
            assert_eq!(told(span("b", "a", at_us)), [""; 0], "{at_us}");
        }
        let early = r#"orders "process b" began 1.1 ms before its parent orders "process a""#;
        assert_eq!(told(span("b", "a", 8_900)), [early]);
    }

    #[test]
    fn what_links_to_a_span_ended_after_that_began() {
        let linked = |start_us| Span {
            links: vec!["a".into()],
            ..span("b", "caller", start_us)
        };
        assert_eq!(told(linked(8_600)), [""; 0]);
        let early = r#"orders "process b" ended 1.1 ms before orders "process a" began"#;
        assert_eq!(told(linked(8_400)), [early]);
    }

    #[test]
    fn a_span_that_ended_before_it_began_is_one_and_one_without_times_is_none() {
        let backwards = Span {
            ended_before_it_began: true,
            ..span("b", "a", 10_000)
        };
        let said = r#"orders "process b" ended before it began"#;
        assert_eq!(told(backwards), [said]);
        assert_eq!(told(span("b", "a", 0)), [""; 0]);
    }
}
