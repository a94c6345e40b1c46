//! What is shown, a file a panel: its `PANEL` says the title and draws the inside.
//!
//! No figure is told by colour alone.

pub mod claims;
pub mod faults;
pub mod findings;
pub mod head;
pub mod heat_map;
pub mod help;
pub mod latency;
pub mod method_log;
pub mod outcomes;
pub mod rates;
pub mod steps;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::{Block, Widget};

use super::model::Model;

pub struct Panel {
    pub title: &'static str,
    pub draw: fn(&Model, Rect, &mut Buffer),
}

pub const PLAIN: Style = Style::new();
pub const DIM: Style = Style::new().add_modifier(Modifier::DIM);
pub const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
pub const GOOD: Style = Style::new().fg(Color::Green);
pub const BAD: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
pub const UNSURE: Style = Style::new().fg(Color::Yellow);

impl Panel {
    pub fn render(&self, model: &Model, area: Rect, buffer: &mut Buffer) {
        let block = Block::bordered()
            .border_style(DIM)
            .title(format!(" {} ", self.title))
            .title_style(STRONG);
        let inside = block.inner(area);
        block.render(area, buffer);
        if !inside.is_empty() {
            (self.draw)(model, inside, buffer);
        }
    }
}

/// A figure that is good when it is 0.
pub fn zero_is_good(figure: u64) -> Style {
    match figure {
        0 => PLAIN,
        _ => BAD,
    }
}

/// `0.8 ms`, `12 ms`, `1.20 s`, in at most six characters up to an hour.
pub fn latency_of(ms: f64) -> String {
    match ms {
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 9_995.0 => format!("{:.2} s", ms / 1_000.0),
        ms => format!("{:.0} s", ms / 1_000.0),
    }
}

/// `7 s`, `4:05`, `1:00:09`.
pub fn time_of(us: u64) -> String {
    let seconds = us / 1_000_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!(
            "{}:{:02}:{:02}",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_have_their_unit() {
        let latencies = [0.0, 0.84, 9.96, 12.4, 999.0, 1_204.0, 61_000.0].map(latency_of);
        let written = [
            "0.0 ms", "0.8 ms", "10 ms", "12 ms", "999 ms", "1.20 s", "61 s",
        ];
        assert_eq!(latencies, written);
        let times = [0, 59, 60, 245, 3_609].map(|seconds| time_of(seconds * 1_000_000));
        assert_eq!(times, ["0 s", "59 s", "1:00", "4:05", "1:00:09"]);
    }
}
