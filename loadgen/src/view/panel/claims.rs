//! What the history alone has refuted so far.

use checkers::verdict::grouped;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget};

use super::{BAD, DIM, GOOD, Panel, UNSURE};
use crate::view::model::Model;
use crate::view::model::claims::SoFar;

pub const PANEL: Panel = Panel {
    title: "claims so far, by the history alone",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let mut lines = Vec::new();
    for standing in &model.claims.standings {
        let so_far = standing.so_far();
        let style = match so_far {
            SoFar::Invalid => BAD,
            SoFar::NotRefuted => GOOD,
            SoFar::Unknown => UNSURE,
        };
        lines.push(Line::from(vec![
            Span::raw(format!("{:<4}", standing.claim.id)),
            Span::styled(format!("{:<12}", so_far.label()), style),
            Span::raw(format!(
                "{} wrong of {} orders",
                grouped(standing.wrong),
                grouped(standing.orders)
            )),
            Span::styled(format!("  {}", standing.claim.title), DIM),
        ]));
    }
    Paragraph::new(lines).render(area, buffer);
}
