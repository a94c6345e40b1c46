//! What keys do: to what is shown, and to the run.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::page::Page;

pub const KEYS: [(&str, &str); 5] = [
    (
        "q, Ctrl-C",
        "stop the run; what was recorded stays in its folder",
    ),
    ("1-4", "overview, orders, faults, claims"),
    ("tab", "the next page"),
    (
        "p",
        "pause what is shown, or go on; the run goes on in any case",
    ),
    ("?", "these keys"),
];

/// What the person before it wants to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Showing {
    pub page: Page,
    pub is_paused: bool,
    pub is_help: bool,
    pub is_stopping: bool,
}

impl Showing {
    pub fn key(&mut self, key: KeyEvent) {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if is_control => self.is_stopping = true,
            KeyCode::Char('q') => self.is_stopping = true,
            KeyCode::Char('p') => self.is_paused = !self.is_paused,
            KeyCode::Char('?') => self.is_help = !self.is_help,
            KeyCode::Esc => self.is_help = false,
            KeyCode::Tab => self.page = self.page.next(),
            KeyCode::Char(digit) => {
                if let Some(page) = Page::of(digit) {
                    self.page = page;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(keys: &[KeyEvent]) -> Showing {
        let mut showing = Showing::default();
        keys.iter().for_each(|key| showing.key(*key));
        showing
    }

    fn typed(words: &str) -> Showing {
        let keys: Vec<KeyEvent> = words
            .chars()
            .map(|key| KeyEvent::from(KeyCode::Char(key)))
            .collect();
        after(&keys)
    }

    #[test]
    fn q_and_ctrl_c_stop_the_run_and_c_does_not() {
        assert!(typed("q").is_stopping && !typed("c").is_stopping);
        let ctrl_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(after(&[ctrl_c]).is_stopping);
    }

    #[test]
    fn pages_are_chosen_by_their_number_and_follow_each_other() {
        assert_eq!(typed("").page, Page::Overview);
        assert_eq!(typed("3").page, Page::Faults);
        assert_eq!(typed("39").page, Page::Faults, "there is no ninth");
        let tabs = vec![KeyEvent::from(KeyCode::Tab); 4];
        assert_eq!(after(&tabs[..1]).page, Page::Orders);
        assert_eq!(after(&tabs).page, Page::Overview);
    }

    #[test]
    fn what_was_paused_goes_on() {
        assert!(typed("p").is_paused && !typed("pp").is_paused);
        assert!(typed("?").is_help && !typed("??").is_help);
    }
}
