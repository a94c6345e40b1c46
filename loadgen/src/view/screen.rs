//! The terminal, taken and given back. Whatever ends the run, the terminal is as it was.

use std::io::{self, Stdout, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// There is one terminal, and a panic has no handle to it.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);
static HOOKED: Once = Once::new();

pub type Screen = Terminal<CrosstermBackend<Stdout>>;

pub fn take() -> io::Result<Screen> {
    // A panic is told on the normal screen, where it stays.
    HOOKED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
    });
    IS_TAKEN.store(true, SeqCst);
    let taken = enable_raw_mode()
        .and_then(|()| execute!(stdout(), EnterAlternateScreen, Hide))
        .and_then(|()| Terminal::new(CrosstermBackend::new(stdout())));
    if taken.is_err() {
        give_back();
    }
    taken
}

/// However often.
pub fn give_back() {
    if IS_TAKEN.swap(false, SeqCst) {
        // Raw mode first: what is typed blindly is worse than what is seen twice. A terminal that is gone needs neither.
        let _ = disable_raw_mode();
        let _ = execute!(stdout(), LeaveAlternateScreen, Show);
        let _ = stdout().flush();
    }
}

/// False after a panic somewhere gave it back.
pub fn is_ours() -> bool {
    IS_TAKEN.load(SeqCst)
}
