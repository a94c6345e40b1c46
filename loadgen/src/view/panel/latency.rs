//! How long an answer took, and how long until the end was seen, by coordination; from the intended start.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget};

use super::{DIM, PLAIN, Panel, STRONG, latency_of};
use crate::tally::Percentiles;
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "latency: last 10 s, and since the start",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut lines = vec![Line::styled(
        format!("{:<13}{:>7}{:>7}{:>7}{:>7}", "", "p50", "p90", "p99", "max"),
        DIM,
    )];
    for row in model.latency.rows(model.now_us) {
        lines.push(figures(&row.name, &row.recent, STRONG));
        lines.push(figures("  since start", &row.since_start, PLAIN));
    }
    if lines.len() == 1 {
        lines.push(Line::styled("no answer yet", DIM));
    }
    Paragraph::new(lines).render(area, buffer);
}

fn figures(name: &str, latency: &Percentiles, style: Style) -> Line<'static> {
    let name: String = name.chars().take(13).collect();
    let mut spans = vec![Span::raw(format!("{name:<13}"))];
    let figures = [
        latency.p50_ms,
        latency.p90_ms,
        latency.p99_ms,
        latency.max_ms,
    ];
    for ms in figures {
        let figure = match latency.count {
            0 => "-".to_owned(),
            _ => latency_of(ms),
        };
        spans.push(Span::styled(format!("{figure:>7}"), style));
    }
    Line::from(spans)
}
