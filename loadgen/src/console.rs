//! What a person reads. One that has seen enough closes the pipe, and a log may be on a full disk: neither is a reason
//! to stop a run.

use std::fmt::Display;
use std::io::{Write, stdout};

pub fn say(line: impl Display) {
    let _ = writeln!(stdout(), "{line}");
}

/// Over what was said before, on a terminal.
pub fn say_again(line: impl Display) {
    let _ = write!(stdout(), "\r\x1b[K{line}");
    let _ = stdout().flush();
}
