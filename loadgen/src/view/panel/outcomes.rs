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
    // Side by side: there is more room across than down.
    let pair = |(left, what): (u64, &str), (right, other): (u64, &str)| {
        Line::from(vec![
            Span::styled(
                format!("{:>9} {what:<7}", grouped(left)),
                zero_is_good(left),
            ),
            Span::styled(
                format!("{:>5} {other}", grouped(right)),
                zero_is_good(right),
            ),
        ])
    };
    let mut lines = vec![
        pair((counters.failed, "failed"), (counters.unknown, "unknown")),
        pair((counters.dropped, "dropped"), (counters.late, "late")),
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
