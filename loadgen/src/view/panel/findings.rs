//! What was found wrong so far, the latest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::{BAD, DIM, Panel};
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "found wrong, the latest first",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let findings = model.claims.findings.iter().rev();
    let mut lines: Vec<Line> = findings
        .map(|(claim, row)| {
            let (subject, place) = (&row.subject, &row.place);
            let (found, expected) = (&row.found, &row.expected);
            let words = format!(
                "{} {subject}: {place} is {found}, must be {expected}",
                claim.id
            );
            Line::styled(words, BAD)
        })
        .collect();
    if lines.is_empty() {
        let words = "nothing; the other claims need evidence that is read when the load is over";
        lines.push(Line::styled(words, DIM));
    }
    Paragraph::new(lines)
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}
