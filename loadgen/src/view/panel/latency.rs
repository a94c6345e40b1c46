//! How long an answer took, and how long until the end was seen, by coordination.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget};

use super::{DIM, PLAIN, Panel, STRONG, latency_of};
use crate::tally::Percentiles;
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "latency from the intended start: last 10 s, since the start",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut lines = vec![Line::styled(
        format!(
            "{:<15}{:>8}{:>8}{:>8}{:>8}",
            "", "p50", "p90", "p99", "max"
        ),
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
    let name: String = name.chars().take(14).collect();
    let mut spans = vec![Span::raw(format!("{name:<15}"))];
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
        spans.push(Span::styled(format!("{figure:>8}"), style));
    }
    Line::from(spans)
}
