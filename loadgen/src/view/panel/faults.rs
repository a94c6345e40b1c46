//! What is broken now, for how long still, and what was touched: as far as the method says it.

use checkers::journal::{Injection, Journal};
use checkers::state::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget};

use super::{BAD, DIM, PLAIN, Panel, UNSURE, time_of};
use crate::view::model::Model;

pub const PANEL: Panel = Panel {
    title: "faults, as the method tells",
    draw,
};

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let method = &model.method;
    let mut lines = Vec::new();
    match (&method.journal, &model.brief.method) {
        (Some(Part::Read(journal)), _) => lines.extend(left(journal)),
        (Some(Part::Missing(why)), _) => {
            lines.push(Line::styled(format!("no journal: {why}"), UNSURE));
        }
        (None, None) => lines.push(Line::styled("nothing is broken on purpose", DIM)),
        (None, Some(command)) => {
            for fault in &method.in_force {
                let left = time_of(fault.until_us.saturating_sub(model.now_us));
                lines.push(Line::styled(format!("{} {left} left", fault.fault), BAD));
            }
            if let Some(told_us) = method.told_us {
                let ago = time_of(model.now_us.saturating_sub(told_us));
                let told = format!("{} receipts, told {ago} ago", method.receipts);
                lines.push(Line::styled(told, PLAIN));
            }
            let last = method.lines.back();
            lines.extend(last.map(|line| Line::styled(line.clone(), DIM)));
            if lines.is_empty() {
                lines.push(Line::styled(command.clone(), DIM));
            }
        }
    }
    Paragraph::new(lines).render(area, buffer);
}

/// When it is over: each fault with its receipts.
fn left(journal: &Journal) -> Vec<Line<'static>> {
    let row = |fault: &Injection| {
        let receipts = fault.receipts.len();
        let names: Vec<&str> = fault.receipts.iter().map(|it| it.name.as_str()).collect();
        let style = match receipts {
            0 => UNSURE,
            _ => PLAIN,
        };
        let (title, names) = (&fault.title, names.join(", "));
        let took_us = (fault.duration * 1e6) as u64;
        Line::styled(
            format!("{title} {}, {receipts} receipts: {names}", time_of(took_us)),
            style,
        )
    };
    let faults = journal.faults().count();
    let head = Line::styled(format!("over; {faults} faults in its journal"), DIM);
    std::iter::once(head)
        .chain(journal.faults().map(row))
        .collect()
}
