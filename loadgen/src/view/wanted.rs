//! Whether there is somebody to look, at a terminal that can show it.

use std::io::{IsTerminal, stdin, stdout};

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

/// Without it there are plain lines, as in a log.
pub fn is_wanted(is_plain: bool) -> bool {
    let no_colour = std::env::var_os("NO_COLOR").is_some();
    let term = std::env::var("TERM").ok();
    !is_plain && suits(no_colour, term.as_deref()) && is_before_somebody()
}

/// Who wants no colour, or has a terminal that only prints, gets lines.
fn suits(no_colour: bool, term: Option<&str>) -> bool {
    !no_colour && term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// Keys come from the standard input. A job in the background is stopped when it touches its terminal.
fn is_before_somebody() -> bool {
    let is_terminal = stdin().is_terminal() && stdout().is_terminal();
    // One that is not the session's own knows no background.
    is_terminal && tcgetpgrp(stdin()).map_or(true, |foreground| foreground == getpgrp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_colour_or_a_terminal_that_only_prints_mean_lines() {
        assert!(suits(false, Some("xterm-256color")));
        assert!(!suits(true, Some("xterm-256color")));
        for term in [Some("dumb"), Some(""), None] {
            assert!(!suits(false, term), "{term:?}");
        }
    }
}
