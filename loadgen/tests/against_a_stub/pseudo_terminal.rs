//! A terminal that a test types at and reads.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::{Arc, Mutex};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize};

pub struct PseudoTerminal {
    ours: File,
    /// Kept, so that its attributes are there when the program is gone.
    theirs: OwnedFd,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl PseudoTerminal {
    pub fn open() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let ours = openpt(flags).expect("a pseudo terminal");
        grantpt(&ours).expect("granted");
        unlockpt(&ours).expect("unlocked");
        let theirs = ioctl_tiocgptpeer(&ours, flags).expect("the other end");
        let shown: Arc<Mutex<Vec<u8>>> = Arc::default();
        let mut reading = File::from(ours.try_clone().expect("another handle"));
        let read = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = reading.read(&mut bytes) {
                read.lock().expect("not poisoned").extend(&bytes[..count]);
            }
        });
        let terminal = Self {
            ours: ours.into(),
            theirs,
            shown,
        };
        terminal.resize(120, 40);
        terminal
    }

    /// A command as a person at this terminal starts it.
    pub fn on<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let end = || self.theirs.try_clone().expect("another handle");
        command
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR")
            .stdin(end())
            .stdout(end())
            .stderr(end())
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&self.theirs, size).expect("a size");
    }

    pub fn type_in(&mut self, keys: &[u8]) {
        self.ours.write_all(keys).expect("typed");
    }

    pub fn has_shown(&self, words: &str) -> bool {
        let shown = self.shown.lock().expect("not poisoned");
        String::from_utf8_lossy(&shown).contains(words)
    }

    /// Key by key and without an echo.
    pub fn is_raw(&self) -> bool {
        let modes = self.attributes().local_modes;
        !modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }

    pub fn attributes(&self) -> Termios {
        tcgetattr(&self.theirs).expect("attributes")
    }

    /// Whether it is what it was when `before` was taken, with the cursor and the screen that a shell has.
    pub fn is_restored_to(&self, before: &Termios) -> bool {
        let now = self.attributes();
        let modes = |it: &Termios| (it.input_modes, it.output_modes, it.control_modes);
        modes(&now) == modes(before)
            && now.local_modes == before.local_modes
            && self.has_shown("\x1b[?1049l")
            && self.has_shown("\x1b[?25h")
    }
}
