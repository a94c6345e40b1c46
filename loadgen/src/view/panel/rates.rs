//! Orders a second: wanted, sent, ended; now, and as far back as there is room.

use checkers::verdict::grouped;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Sparkline, Widget};

use super::{Panel, STRONG};
use crate::view::model::Model;
use crate::view::model::rates::Came;

pub const PANEL: Panel = Panel {
    title: "orders a second, mean of 3 s",
    draw,
};

type Figure = fn(&Came) -> u64;
const FIGURES: [(&str, Figure, Color); 3] = [
    ("intended", |came| came.intended, Color::Blue),
    ("sent", |came| came.sent, Color::Cyan),
    ("done", |came| came.ended, Color::Green),
];
const LABEL_WIDTH: u16 = 18;

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let [lines, counts] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let rows: [Rect; 3] = Layout::vertical([Constraint::Fill(1); 3]).areas(lines);
    let history = model.rates.history(area.width.into());
    let max = |came: &Came| came.intended.max(came.sent).max(came.ended);
    // One scale for all three: they are to be compared.
    let scale = history.iter().map(max).max().unwrap_or(0).max(1);
    for ((name, figure, colour), row) in FIGURES.into_iter().zip(rows) {
        let [label, line] =
            Layout::horizontal([Constraint::Length(LABEL_WIDTH), Constraint::Fill(1)]).areas(row);
        let now = match (name, model.rates.counters.intended) {
            // Before the load nothing is wanted; in a closed loop the system decides.
            ("intended", None) => "-".to_owned(),
            _ => format!("{:.1}", model.rates.now(figure)),
        };
        let words = Line::from(vec![
            Span::raw(format!("{name:<9}")),
            Span::styled(format!("{now:>7}"), STRONG),
        ]);
        Paragraph::new(words).render(label, buffer);
        let skipped = history.len().saturating_sub(line.width.into());
        let shown: Vec<u64> = history.iter().skip(skipped).map(figure).collect();
        Sparkline::default()
            .data(shown)
            .max(scale)
            .style(Style::new().fg(colour))
            .render(line, buffer);
    }
    Paragraph::new(totals(model)).render(counts, buffer);
}

fn totals(model: &Model) -> String {
    let counters = &model.rates.counters;
    let [sent, ended, open] = [counters.sent, counters.ended, counters.in_flight].map(grouped);
    format!("{sent} sent, {ended} done, {open} open")
}
