//! When how many orders ended with which latency: a column a second, a row a decade or a third of one.
//!
//! The glyphs grow with the number, so that it is read without colour too.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::{DIM, Panel};
use crate::view::model::Model;
use crate::view::model::heat::{self, DECADES};

pub const PANEL: Panel = Panel {
    title: "latency, second by second: · few, █ many",
    draw,
};

const LABEL_WIDTH: u16 = 8;
const LEVELS: [(&str, Color); 5] = [
    ("·", Color::Blue),
    ("░", Color::Cyan),
    ("▒", Color::Green),
    ("▓", Color::Yellow),
    ("█", Color::White),
];
/// The lower bounds, the quickest first.
const DECADE_LABELS: [&str; DECADES + 2] =
    ["< 1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"];
const THIRD_LABELS: [&str; heat::ROWS] = [
    "< 1 ms", "1 ms", "2 ms", "5 ms", "10 ms", "20 ms", "50 ms", "100 ms", "200 ms", "500 ms",
    "1 s", "2 s", "5 s", "10 s", "20 s", "50 s", "100 s",
];

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let width = area.width.saturating_sub(LABEL_WIDTH);
    let columns = model.heat.columns(width.into());
    if usize::from(area.height) >= heat::ROWS {
        let columns: Vec<Vec<u32>> = columns.map(|column| column.to_vec()).collect();
        rows(&THIRD_LABELS, &columns, area, buffer);
    } else {
        let columns: Vec<Vec<u32>> = columns
            .map(|column| heat::by_decade(column).to_vec())
            .collect();
        rows(&DECADE_LABELS, &columns, area, buffer);
    }
}

/// The slowest on top. Where there is no room for all rows, the quickest are left out: nobody waits for those.
fn rows(labels: &[&str], columns: &[Vec<u32>], area: Rect, buffer: &mut Buffer) {
    let max = columns.iter().flatten().copied().max().unwrap_or(0);
    let slowest_first = labels.iter().enumerate().rev();
    for ((row, label), y) in slowest_first.zip(area.top()..area.bottom()) {
        let label = format!("{label:>6}");
        let width = area.width.into();
        buffer.set_stringn(area.left(), y, label, width, DIM);
        let cells = columns.iter().filter_map(|column| column.get(row));
        let left = area.left().saturating_add(LABEL_WIDTH);
        for (count, x) in cells.zip(left..area.right()) {
            if let Some((glyph, colour)) = level(*count, max)
                && let Some(cell) = buffer.cell_mut((x, y))
            {
                cell.set_symbol(glyph).set_style(Style::new().fg(colour));
            }
        }
    }
}

/// On a log scale: one slow order beside a thousand quick ones is to be seen.
fn level(count: u32, max: u32) -> Option<(&'static str, Color)> {
    if count == 0 {
        return None;
    }
    let share = f64::from(count).ln_1p() / f64::from(max).ln_1p();
    let nth = (share * LEVELS.len() as f64).ceil() as usize;
    LEVELS.get(nth.clamp(1, LEVELS.len()) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_among_many_is_seen_and_many_are_seen_as_more() {
        let glyph = |count| level(count, 1_000).map(|(glyph, _)| glyph);
        assert_eq!(glyph(0), None);
        assert_eq!([1, 10, 1_000].map(glyph), [Some("·"), Some("░"), Some("█")]);
        assert_eq!(level(1, 1).map(|(glyph, _)| glyph), Some("█"));
    }
}
