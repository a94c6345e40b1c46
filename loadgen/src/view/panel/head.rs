//! Where the run is: phase, elapsed, and how long that was meant to take. Two lines, without a frame.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget};

use super::{DIM, PLAIN, STRONG, UNSURE, time_of};
use crate::clock::as_us;
use crate::view::keys::Showing;
use crate::view::model::Model;
use crate::view::model::brief::Planned;

pub const HEIGHT: u16 = 2;

pub fn draw(model: &Model, showing: &Showing, area: Rect, buffer: &mut Buffer) {
    let brief = &model.brief;
    let mut first = vec![
        Span::styled(brief.title.clone(), STRONG),
        Span::raw(format!("  {}", brief.pace.label())),
    ];
    if showing.is_paused {
        first.push(Span::styled("  PAUSED: p goes on", UNSURE));
    }
    if showing.is_stopping {
        first.push(Span::styled("  STOPPING", UNSURE));
    }
    if model.missed > 0 {
        let missed = format!("  {} lines came too fast to be looked at", model.missed);
        first.push(Span::styled(missed, UNSURE));
    }
    first.push(Span::styled(format!("  seed {}", brief.seed), DIM));
    let since = |us: u64| model.now_us.saturating_sub(us);
    let planned = match brief.planned(model.phase) {
        Planned::For(length) => format!(" of {}", time_of(as_us(length))),
        Planned::AtMost(length) => format!(" of at most {}", time_of(as_us(length))),
        Planned::Open => String::new(),
    };
    let phase = format!(
        "{} {}{planned}",
        model.phase,
        time_of(since(model.phase_began_us))
    );
    let mut second = vec![Span::styled(phase, STRONG)];
    if let Some(elapsed_us) = model.load_elapsed_us(model.now_us) {
        let (elapsed, length) = (time_of(elapsed_us), time_of(as_us(brief.length)));
        let load = format!("  load {elapsed}, {length} planned");
        second.push(Span::styled(load, PLAIN));
    }
    let run = format!("  run since {}", time_of(since(model.began_us)));
    second.push(Span::styled(run, DIM));
    Paragraph::new(vec![Line::from(first), Line::from(second)]).render(area, buffer);
}
