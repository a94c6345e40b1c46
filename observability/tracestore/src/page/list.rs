//! The list of recent traces.

use std::fmt::Write as _;

use super::Filter;
use super::html::{Duration, Escaped, hue, page};
use crate::store::{Occupancy, Summary};
use crate::time::format_rfc3339;

pub(super) fn render(
    traces: &[Summary],
    services: &[String],
    filter: &Filter,
    occupancy: Occupancy,
) -> String {
    let mut body = String::from("<header><h1>Traces</h1>");
    let Occupancy {
        traces: kept,
        bytes,
        limit_bytes,
    } = occupancy;
    let _ = write!(
        body,
        "<p>{kept} kept in {} of {} MB; the oldest go first.</p>",
        bytes >> 20,
        limit_bytes >> 20
    );
    write_filter(&mut body, services, filter);
    body.push_str("</header><main>");
    if traces.is_empty() {
        body.push_str(match (filter.service.as_str(), filter.order.as_str()) {
            ("", "") => "<p class=\"empty\">No trace yet. Point an OTLP exporter here and send a request.</p>",
            _ => "<p class=\"empty\">No trace matches. <a href=\"/\">Show all</a>.</p>",
        });
    } else {
        write_table(&mut body, traces);
    }
    body.push_str("</main>");
    page("Traces", &body)
}

fn write_filter(out: &mut String, services: &[String], filter: &Filter) {
    out.push_str(
        "<form method=\"get\" action=\"/\" role=\"search\"><label>Service <select name=\"service\">\
         <option value=\"\">all</option>",
    );
    for service in services {
        let selected = if *service == filter.service {
            " selected"
        } else {
            ""
        };
        let _ = write!(out, "<option{selected}>{}</option>", Escaped(service));
    }
    let _ = write!(
        out,
        "</select></label><label>Order id <input name=\"order\" value=\"{}\" size=\"36\" autocomplete=\"off\" \
         spellcheck=\"false\"></label><button>Show</button></form>",
        Escaped(&filter.order),
    );
}

fn write_table(out: &mut String, traces: &[Summary]) {
    out.push_str(
        "<table class=\"traces\"><caption>Newest first</caption><thead><tr><th scope=\"col\">Trace</th>\
         <th scope=\"col\">Started (UTC)</th><th scope=\"col\" class=\"number\">Duration</th>\
         <th scope=\"col\" class=\"number\">Spans</th><th scope=\"col\" class=\"number\">Errors</th></tr></thead><tbody>",
    );
    for Summary {
        trace,
        service,
        operation,
        start_ns,
        duration_ns,
        spans,
        failed_spans,
    } in traces
    {
        let errors = match failed_spans {
            0 => "<td class=\"number\">0</td>".to_owned(),
            _ => format!("<td class=\"number failed\">✕ {failed_spans}</td>"),
        };
        let operation = if operation.is_empty() {
            "(no name)"
        } else {
            operation
        };
        let started = format_rfc3339(*start_ns);
        let _ = write!(
            out,
            "<tr><td><a href=\"/trace/{trace}\"><span class=\"service\" style=\"--hue:{}\">{}</span> {}</a></td>\
             <td><time datetime=\"{started}\">{}</time></td><td class=\"number\">{}</td>\
             <td class=\"number\">{spans}</td>{errors}</tr>",
            hue(service),
            Escaped(service),
            Escaped(operation),
            started.replace('T', " ").trim_end_matches('Z'),
            Duration(*duration_ns),
        );
    }
    out.push_str("</tbody></table>");
}
