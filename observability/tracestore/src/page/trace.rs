//! One trace as a waterfall: a row a span, its bar where and as long as it was.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use super::html::{Duration, Escaped, hue, page};
use super::tree::{Row, rows};
use super::view::{Moment, Span};
use crate::ids::TraceId;
use crate::time::format_rfc3339;

/// Rows drawn; a longer page helps nobody, and its JSON has all of them.
const ROWS_MAX: usize = 1_000;

/// Indentation stops here: deeper rows would push their names off a phone.
const DEPTH_SHOWN_MAX: usize = 12;

/// The axis is labelled at its quarters.
const TICKS: u64 = 4;

/// Where the trace lies on the axis.
struct Axis {
    start_ns: u64,
    length_ns: u64,
}

impl Axis {
    fn of(spans: &[Span]) -> Self {
        let start_ns = spans.iter().map(|span| span.start_ns).min().unwrap_or(0);
        let end_ns = spans.iter().map(|span| span.end_ns).max().unwrap_or(0);
        Self {
            start_ns,
            length_ns: end_ns.saturating_sub(start_ns).max(1),
        }
    }

    fn percent(&self, ns: u64) -> f64 {
        (ns as f64 / self.length_ns as f64 * 100.0).min(100.0)
    }
}

pub(super) fn render(trace: TraceId, spans: Vec<Span>) -> String {
    let axis = Axis::of(&spans);
    let rows = rows(&spans);
    let root = rows
        .first()
        .map_or("(empty)", |row| spans[row.span].name.as_str());
    let mut body = String::from("<header><nav><a href=\"/\">← All traces</a></nav>");
    let failed = spans.iter().filter(|span| span.failed).count();
    let _ = write!(
        body,
        "<h1>{}</h1><p>Trace <code>{trace}</code><br>started <time>{}</time>, took <b>{}</b>, {} spans, {failed} failed, \
         <a href=\"/api/v3/traces/{trace}\">JSON</a></p>",
        Escaped(root),
        format_rfc3339(axis.start_ns),
        Duration(axis.length_ns),
        spans.len(),
    );
    write_legend(&mut body, &spans);
    body.push_str("</header><main class=\"waterfall\">");
    write_axis(&mut body, &axis);
    let here: HashSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    for row in rows.iter().take(ROWS_MAX) {
        write_row(&mut body, &spans[row.span], row, &axis);
        write_details(&mut body, trace, &spans[row.span], &axis, &here);
    }
    if rows.len() > ROWS_MAX {
        let _ = write!(
            body,
            "<p class=\"empty\">{} more spans are in the JSON.</p>",
            rows.len() - ROWS_MAX
        );
    }
    body.push_str("</main>");
    page(&format!("{root} {trace}"), &body)
}

pub(super) fn render_missing(trace: &str) -> String {
    let body = format!(
        "<header><nav><a href=\"/\">← All traces</a></nav><h1>No such trace</h1></header><main><p class=\"empty\">\
         <code>{}</code> was never here, has not arrived yet, or was dropped to stay within the memory limit.</p></main>",
        Escaped(trace),
    );
    page("No such trace", &body)
}

fn write_legend(out: &mut String, spans: &[Span]) {
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    for span in spans {
        *services.entry(&span.service).or_default() += 1;
    }
    out.push_str("<ul class=\"legend\" aria-label=\"Services\">");
    for (service, spans) in services {
        let name = Escaped(service);
        let _ = write!(
            out,
            "<li><span class=\"service\" style=\"--hue:{}\">{name}</span> {spans}</li>",
            hue(service)
        );
    }
    out.push_str("</ul>");
}

fn write_axis(out: &mut String, axis: &Axis) {
    out.push_str("<div class=\"axis\" aria-hidden=\"true\"><span></span><div>");
    for tick in 0..=TICKS {
        // in 128 bits: the length may be the whole range of 64
        let ns = u128::from(axis.length_ns) * u128::from(tick) / u128::from(TICKS);
        let _ = write!(
            out,
            "<span>{}</span>",
            Duration(u64::try_from(ns).unwrap_or(u64::MAX))
        );
    }
    out.push_str("</div></div>");
}

fn write_row(out: &mut String, span: &Span, row: &Row, axis: &Axis) {
    let (hue, start_ns) = (hue(&span.service), span.start_ns - axis.start_ns);
    let left = axis.percent(start_ns);
    let width = axis.percent(span.duration_ns()).min(100.0 - left);
    let mut marks = String::new();
    if span.failed {
        marks.push_str(" <b class=\"failed\">✕ error</b>");
    }
    if row.orphan {
        marks.push_str(" <b class=\"orphan\">parent missing</b>");
    }
    if !span.links.is_empty() {
        let _ = write!(marks, " <b class=\"link\">↗ {}</b>", span.links.len());
    }
    let name = if span.name.is_empty() {
        "(no name)"
    } else {
        &span.name
    };
    let _ = write!(
        out,
        "<details id=\"s-{}\"><summary><span class=\"name\" style=\"--depth:{}\"><span class=\"service\" \
         style=\"--hue:{hue}\">{}</span> {}{marks}</span><span class=\"bar\"><svg width=\"100%\" height=\"100%\" \
         role=\"img\" aria-label=\"starts at {}, takes {}\"><rect class=\"{}\" style=\"--hue:{hue}\" x=\"{left:.3}%\" \
         width=\"{width:.3}%\" y=\"20%\" height=\"60%\" rx=\"2\"/></svg><small style=\"{}\">{}</small></span></summary>",
        Escaped(&span.id),
        row.depth.min(DEPTH_SHOWN_MAX),
        Escaped(&span.service),
        Escaped(name),
        Duration(start_ns),
        Duration(span.duration_ns()),
        if span.failed { "failed" } else { "" },
        label_place(left, width),
        Duration(span.duration_ns()),
    );
}

/// The duration stands after the bar, or before it where there is more room.
fn label_place(left: f64, width: f64) -> String {
    let right = 100.0 - left - width;
    if right >= left {
        format!("left:{:.3}%", left + width)
    } else {
        format!("right:{:.3}%", 100.0 - left)
    }
}

fn write_details(out: &mut String, trace: TraceId, span: &Span, axis: &Axis, here: &HashSet<&str>) {
    out.push_str("<div class=\"span\"><dl>");
    let mut entry = |key: &str, value: &str| {
        if !value.is_empty() {
            let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", Escaped(key), Escaped(value));
        }
    };
    entry("instance", &span.instance);
    entry("kind", span.kind);
    entry("error", &span.failure);
    entry("span id", &span.id);
    for (key, value) in &span.attributes {
        entry(key, value);
    }
    if !span.parent.is_empty() {
        out.push_str("<dt>parent</dt>");
        write_link(out, trace, &trace.to_string(), &span.parent, here);
    }
    for (linked_trace, linked_span) in &span.links {
        out.push_str("<dt>link</dt>");
        write_link(out, trace, linked_trace, linked_span, here);
    }
    for Moment {
        time_ns,
        name,
        attributes,
    } in &span.events
    {
        let at = Duration(time_ns.saturating_sub(axis.start_ns));
        let _ = write!(out, "<dt>event at {at}</dt><dd>{}", Escaped(name));
        for (key, value) in attributes {
            let _ = write!(
                out,
                "<br><small>{} = {}</small>",
                Escaped(key),
                Escaped(value)
            );
        }
        out.push_str("</dd>");
    }
    out.push_str("</dl></div></details>");
}

/// To a row of this page, or to the page of another trace.
fn write_link(out: &mut String, here: TraceId, trace: &str, span: &str, known: &HashSet<&str>) {
    let (trace, span_id) = (Escaped(trace), Escaped(span));
    let _ = if trace.0 != here.to_string() {
        write!(
            out,
            "<dd><a href=\"/trace/{trace}#s-{span_id}\">span {span_id} of trace {trace}</a></dd>"
        )
    } else if known.contains(span) {
        write!(out, "<dd><a href=\"#s-{span_id}\">span {span_id}</a></dd>")
    } else {
        write!(out, "<dd>span {span_id}, not here</dd>")
    };
}
