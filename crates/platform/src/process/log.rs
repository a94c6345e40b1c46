//! A process's log file: written by the process itself, kept small by us.
//!
//! The child holds the file open for appending, so its lines cost no pipe and no copying through the supervisor, and
//! none is lost when the supervisor dies. In exchange a full file is copied aside and cut, not renamed: what is written
//! between the copy and the cut is lost.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Two generations of 14 processes at 8 MiB stay below 256 MiB of disk; 8 MiB is some 40,000 lines to look back on.
const LIMIT_BYTES: u64 = 8 * 1024 * 1024;
/// Even at 10 MB of log a second a file is found before it is three times too big.
pub const CHECK_EVERY: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct Log {
    path: PathBuf,
}

impl Log {
    pub fn of(folder: &Path, name: &str) -> Log {
        Log {
            path: folder.join(format!("{name}.log")),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn append(&self) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
    }

    /// Moves a full log aside, replacing the generation before. Cheap when there is nothing to do.
    pub fn bound(&self) -> io::Result<()> {
        self.bound_to(LIMIT_BYTES)
    }

    fn bound_to(&self, limit_bytes: u64) -> io::Result<()> {
        if self.path.metadata()?.len() < limit_bytes {
            return Ok(());
        }
        std::fs::copy(&self.path, self.path.with_extension("log.1"))?;
        OpenOptions::new().write(true).open(&self.path)?.set_len(0)
    }

    /// The last `lines` lines, to show beside an error.
    pub fn tail(&self, lines: usize) -> String {
        let text = std::fs::read(&self.path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_full_log_is_cut_and_its_writer_goes_on_in_the_same_file() {
        let folder = std::env::temp_dir().join(format!("breakwater-log-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let log = Log::of(&folder, "orders-1");
        let mut writer = log.append().expect("opens");

        writer.write_all(b"first\n").expect("writes");
        log.bound_to(1024).expect("checks");
        assert_eq!(log.tail(9), "first", "a short log is left alone");

        log.bound_to(3).expect("rotates");
        writer.write_all(b"second\nthird\n").expect("writes");
        assert_eq!(log.tail(9), "second\nthird");
        assert_eq!(log.tail(1), "third");
        let aside = std::fs::read_to_string(folder.join("orders-1.log.1")).expect("is there");
        assert_eq!(aside, "first\n");
        std::fs::remove_dir_all(folder).expect("clean");
    }
}
