//! What is shown together, and where.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::keys::Showing;
use super::model::Model;
use super::panel::{Panel, claims, faults, findings, head, heat_map, help, latency, method_log};
use super::panel::{outcomes, rates, steps};

/// Below it, panels have more frame than inside.
const WIDTH_MIN: u16 = 40;
const HEIGHT_MIN: u16 = 12;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Overview,
    Orders,
    Faults,
    Claims,
}

impl Page {
    pub const ALL: [Page; 4] = [Page::Overview, Page::Orders, Page::Faults, Page::Claims];

    pub fn of(digit: char) -> Option<Page> {
        let nth = digit.to_digit(10)?.checked_sub(1)?;
        Page::ALL.get(nth as usize).copied()
    }

    pub fn next(self) -> Page {
        match self {
            Page::Overview => Page::Orders,
            Page::Orders => Page::Faults,
            Page::Faults => Page::Claims,
            Page::Claims => Page::Overview,
        }
    }

    /// Rows of panels, each with its share of the width.
    fn rows(self) -> Vec<(Constraint, Vec<(u16, Panel)>)> {
        use Constraint::{Fill, Length};
        let figures = || (Length(9), vec![(4, rates::PANEL), (5, latency::PANEL)]);
        match self {
            Page::Overview => vec![
                figures(),
                (Fill(2), vec![(3, heat_map::PANEL), (2, outcomes::PANEL)]),
                (Length(5), vec![(1, faults::PANEL), (1, claims::PANEL)]),
            ],
            Page::Orders => vec![
                figures(),
                (Fill(1), vec![(1, steps::PANEL), (1, outcomes::PANEL)]),
            ],
            Page::Faults => vec![
                (Fill(1), vec![(1, faults::PANEL)]),
                (Fill(1), vec![(1, method_log::PANEL)]),
            ],
            Page::Claims => vec![
                (Length(5), vec![(1, claims::PANEL)]),
                (Fill(1), vec![(1, findings::PANEL)]),
            ],
        }
    }
}

/// All of the screen.
pub fn draw(model: &Model, showing: &Showing, area: Rect, buffer: &mut Buffer) {
    if area.width < WIDTH_MIN || area.height < HEIGHT_MIN {
        return few_words(model, area, buffer);
    }
    let [top, body, foot] = Layout::vertical([
        Constraint::Length(head::HEIGHT),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(area);
    head::draw(model, showing, top, buffer);
    help::foot(foot, buffer);
    let rows = showing.page.rows();
    let heights = Layout::vertical(rows.iter().map(|(height, _)| *height)).split(body);
    for ((_, panels), row) in rows.iter().zip(heights.iter()) {
        let shares = panels.iter().map(|(share, _)| Constraint::Fill(*share));
        let places = Layout::horizontal(shares).split(*row);
        for ((_, panel), place) in panels.iter().zip(places.iter()) {
            panel.render(model, *place, buffer);
        }
    }
    if showing.is_help {
        help::over(model, area, buffer);
    }
}

fn few_words(model: &Model, area: Rect, buffer: &mut Buffer) {
    let counters = &model.rates.counters;
    let troubles = counters.failed + counters.unknown + counters.dropped;
    let words = format!(
        "{}: {} sent, {} done, {troubles} failed, unknown or dropped",
        model.phase, counters.sent, counters.ended
    );
    Paragraph::new(Line::raw(words))
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}
