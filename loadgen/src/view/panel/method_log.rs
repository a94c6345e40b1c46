//! The last lines of the method, word by word.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget};

use super::{DIM, Panel};
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "the method's last lines; method.log has all",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let said = &model.method.lines;
    let skipped = said.len().saturating_sub(area.height.into());
    let mut lines: Vec<Line> = said
        .iter()
        .skip(skipped)
        .map(|line| Line::raw(line.as_str()))
        .collect();
    if lines.is_empty() {
        lines.push(Line::styled("it has said nothing yet", DIM));
    }
    Paragraph::new(lines).render(area, buffer);
}
