//! The lines of a file that may be damaged: bounded, and the last of them perhaps cut short.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// An order of a hundred lines has 10 KB; what is longer was not written by a load generator.
const LINE_BYTES_MAX: usize = 1024 * 1024;

pub struct Lines {
    file: BufReader<File>,
    number: u64,
}

/// Octets up to a new line, or up to the end of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from one.
    pub number: u64,
    pub octets: Vec<u8>,
    /// Without a new line: what a crash leaves at the very end.
    pub is_cut: bool,
}

impl Lines {
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = BufReader::new(File::open(path)?);
        Ok(Self { file, number: 0 })
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        self.number += 1;
        let number = self.number;
        let mut octets = Vec::new();
        let mut bounded = (&mut self.file).take(LINE_BYTES_MAX as u64);
        bounded.read_until(b'\n', &mut octets)?;
        let is_cut = octets.pop_if(|last| *last == b'\n').is_none();
        match octets.len() {
            LINE_BYTES_MAX => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("line {number}: longer than {LINE_BYTES_MAX} octets"),
            )),
            0 if is_cut => Ok(None),
            _ => Ok(Some(Line {
                number,
                octets,
                is_cut,
            })),
        }
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Temporary(PathBuf);

    impl Temporary {
        fn with(test: &str, octets: &[u8]) -> Self {
            let name = format!("lines-{}-{test}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, octets).expect("written");
            Self(path)
        }

        fn lines(&self) -> Lines {
            Lines::open(&self.0).expect("opened")
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn only_the_last_line_can_be_cut() {
        let read = |test, octets: &[u8]| -> Vec<(u64, Vec<u8>, bool)> {
            let lines = Temporary::with(test, octets).lines();
            let lines = lines.map(|line| line.expect("read"));
            lines
                .map(|line| (line.number, line.octets, line.is_cut))
                .collect()
        };
        let line = |number, octets: &[u8], is_cut| (number, octets.to_vec(), is_cut);
        assert_eq!(read("none", b""), []);
        let whole = [line(1, b"a", false), line(2, b"", false)];
        assert_eq!(read("whole", b"a\n\n"), whole);
        let cut = [line(1, b"a", false), line(2, b"\xff\0", true)];
        assert_eq!(read("cut", b"a\n\xff\0"), cut);
    }

    #[test]
    fn a_line_without_an_end_is_not_read_into_memory() {
        let file = Temporary::with("endless", b"");
        // Zeroes without a block on the disk.
        let sparse = File::options().write(true).open(&file.0).expect("opened");
        sparse.set_len(1 << 40).expect("made longer");
        let told = file.lines().next().and_then(Result::err);
        let told = told.expect("too long").to_string();
        assert_eq!(told, "line 1: longer than 1048576 octets");
    }
}
