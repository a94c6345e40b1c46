//! A trace as a waterfall: a row a span, below the span that caused it.

use std::collections::{BTreeMap, BTreeSet};

use checkers::traces::Span;

use super::axis::{HEIGHT, WIDTH, svg};
use crate::findings::critical_path::{critical_path, end_us, is_repetition};
use crate::markup::Html;
use crate::words::{After, Ms};

/// More rows than this nobody follows; what is left out is said.
const ROWS_MAX: usize = 60;

/// `sent_us`: where the time of the rows begins, unix us.
pub fn draw(html: &mut Html, spans: &[Span], sent_us: u64) {
    let tree = tree(spans);
    let timed = || spans.iter().filter(|span| span.start_us > 0);
    let from_us = timed()
        .map(|span| span.start_us)
        .chain([sent_us])
        .min()
        .unwrap_or(0);
    let to_us = timed().map(end_us).max().unwrap_or(0).max(from_us);
    let critical: BTreeSet<&str> = critical_path(spans)
        .iter()
        .map(|piece| piece.span.span_id.as_str())
        .collect();
    html.tag("div", &[("class", &"waterfall")], |html| {
        for (depth, span) in tree.iter().take(ROWS_MAX) {
            let on_path = critical.contains(span.span_id.as_str());
            row(html, span, *depth, on_path, (from_us, to_us));
        }
    });
    if tree.len() > ROWS_MAX {
        let left_out = tree.len() - ROWS_MAX;
        html.leaf(
            "p",
            &[("class", &"note")],
            format_args!("{left_out} more spans are in traces.json."),
        );
    }
}

fn row(html: &mut Html, span: &Span, depth: usize, on_path: bool, (from_us, to_us): (u64, u64)) {
    let class = if on_path { "bar critical" } else { "bar" };
    html.tag("div", &[("class", &class)], |html| {
        // Deep traces stay readable on a narrow page.
        let indent = format!("--depth:{}", depth.min(12));
        html.tag(
            "span",
            &[("class", &"bar-label"), ("style", &indent)],
            |html| {
                html.leaf("b", &[], &span.service);
                html.text(" ");
                html.text(&span.name);
                if span.redelivered {
                    html.raw(" <i>redelivered</i>");
                }
            },
        );
        let began = After((span.start_us.saturating_sub(from_us)) as f64 / 1_000.0);
        let value = match span.start_us {
            0 => "no times".to_owned(),
            _ => format!("{} at {began}", Ms(span.duration_us as f64 / 1_000.0)),
        };
        svg(html, &span.name, &value, |html| {
            if span.start_us == 0 {
                return;
            }
            let length_us = (to_us - from_us).max(1) as f64;
            let at = |us: u64| WIDTH * us.saturating_sub(from_us) as f64 / length_us;
            let (from, to) = (at(span.start_us), at(end_us(span)));
            let d = format!("M{from:.1} 20H{to:.1}V{:.0}H{from:.1}Z", HEIGHT - 20.0);
            let class = match (is_repetition(span) || span.redelivered, on_path) {
                (true, _) => "again",
                (false, true) => "work",
                (false, false) => "aside",
            };
            html.leaf("path", &[("class", &class), ("d", &d)], "");
        });
        html.leaf("span", &[("class", &"bar-value")], value);
    });
}

/// Depth first, children in the order of their start; each span once, whatever the parents say.
pub fn tree(spans: &[Span]) -> Vec<(usize, &Span)> {
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.span_id.as_str()).collect();
    let mut children: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    let mut open: Vec<(usize, &Span)> = Vec::new();
    for span in spans {
        match span.parent_id.as_deref() {
            Some(parent) if ids.contains(parent) => children.entry(parent).or_default().push(span),
            Some(_) | None => open.push((0, span)),
        }
    }
    // Taken from the end: the first to start comes last.
    open.sort_by_key(|(_, span)| std::cmp::Reverse(span.start_us));
    let mut rows = Vec::with_capacity(spans.len());
    while let Some((depth, span)) = open.pop() {
        rows.push((depth, span));
        let mut below = children.remove(span.span_id.as_str()).unwrap_or_default();
        below.sort_by_key(|child| std::cmp::Reverse(child.start_us));
        open.extend(below.into_iter().map(|child| (depth + 1, child)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::critical_path::tests::span;

    #[test]
    fn a_child_stands_below_its_parent_in_the_order_of_its_start() {
        let spans = [
            span("late", "root", 30, 40),
            span("root", "caller", 10, 50),
            span("below", "early", 21, 22),
            span("early", "root", 20, 25),
        ];
        let rows: Vec<_> = tree(&spans)
            .iter()
            .map(|(depth, span)| (*depth, span.span_id.as_str()))
            .collect();
        assert_eq!(rows, [(0, "root"), (1, "early"), (2, "below"), (1, "late")]);
    }

    #[test]
    fn a_span_lies_where_its_time_was() {
        let mut html = Html::default();
        draw(
            &mut html,
            &[span("a", "", 1_000, 5_000), span("b", "a", 2_000, 3_000)],
            1_000,
        );
        let drawn = html.into_string();
        assert!(drawn.contains("M250.0 20H500.0V80H250.0Z"), "{drawn}");
        assert!(drawn.contains("1.0 ms at +0.0 s"), "{drawn}");
    }
}
