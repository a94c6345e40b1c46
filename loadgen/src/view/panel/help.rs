//! The keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph, Widget};

use super::{DIM, Panel};
use crate::view::keys::KEYS;
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "keys",
    draw,
};

/// Over what is shown, as wide as its longest line.
pub fn over(model: &Model, area: Rect, buffer: &mut Buffer) {
    let area = area.centered(Constraint::Max(72), Constraint::Max(KEYS.len() as u16 + 2));
    Clear.render(area, buffer);
    PANEL.render(model, area, buffer);
}

/// The last line of the screen.
pub fn foot(area: Rect, buffer: &mut Buffer) {
    let words = "1-4 or tab: page   p: pause   ?: keys   q: stop the run";
    Paragraph::new(Line::styled(words, DIM)).render(area, buffer);
}

fn draw(_: &Model, area: Rect, buffer: &mut Buffer) {
    let lines: Vec<Line> = KEYS
        .iter()
        .map(|(keys, what)| Line::raw(format!("{keys:<12} {what}")))
        .collect();
    Paragraph::new(lines).render(area, buffer);
}
