//! How orders ended, what was not sent, and what had no good answer.

use checkers::verdict::grouped;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget};

use super::{PLAIN, Panel, UNSURE, zero_is_good};
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "outcomes",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let counters = &model.rates.counters;
    let troubles = |figures: [(u64, &str); 2]| {
        Line::from_iter(figures.map(|(figure, what)| {
            let words = format!("{:>9} {what:<7}", grouped(figure));
            Span::styled(words, zero_is_good(figure))
        }))
    };
    let mut lines = vec![
        troubles([(counters.failed, "failed"), (counters.unknown, "unknown")]),
        troubles([(counters.dropped, "dropped"), (counters.late, "late")]),
    ];
    let outcomes = model.outcomes.ranked();
    lines.extend(outcomes.into_iter().map(|(kind, n)| row(n, kind, PLAIN)));
    let troubles = model.troubles.ranked();
    lines.extend(troubles.into_iter().map(|(kind, n)| row(n, kind, UNSURE)));
    Paragraph::new(lines).render(area, buffer);
}

fn row(figure: u64, what: &str, style: Style) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{:>9}", grouped(figure)), style),
        Span::raw(format!(" {what}")),
    ])
}
