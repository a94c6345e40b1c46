//! `history.jsonl` as it is found: whole, cut short by a crash, or damaged.

use std::io;
use std::path::{Path, PathBuf};

use checkers::history::{Folding, History, Setup};
use report::files::lines::Lines;

/// A history as it was found.
#[derive(Debug)]
pub struct Found {
    pub history: History,
    /// Those that were whole.
    pub lines: u64,
    /// Of the last line, where a crash cut it short.
    pub cut: Option<String>,
}

/// A history that is not what a load generator wrote.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} line {line}: {why}", path.display())]
    Damaged {
        path: PathBuf,
        line: u64,
        why: String,
    },
}

/// Half a line at the very end is what a crash leaves; anywhere else it is damage. Folded as it is read: the lines are
/// never all in memory.
pub fn read(path: &Path, setup: Setup) -> Result<Found, HistoryError> {
    let unreadable = |source| HistoryError::File {
        path: path.to_owned(),
        source,
    };
    let mut folding = Folding::default();
    let (mut lines, mut cut) = (0, None);
    for line in Lines::open(path).map_err(unreadable)? {
        let line = line.map_err(unreadable)?;
        let damaged = |why| HistoryError::Damaged {
            path: path.to_owned(),
            line: line.number,
            why,
        };
        match serde_json::from_slice(&line.octets) {
            Ok(event) => folding.add(event).map_err(|it| damaged(it.to_string()))?,
            Err(error) if line.is_cut => {
                cut = Some(damaged(format!("it is cut short: {}", told(&error))).to_string());
                continue;
            }
            Err(error) => return Err(damaged(told(&error))),
        }
        lines += 1;
    }
    Ok(Found {
        history: folding.finish(setup),
        lines,
        cut,
    })
}

/// The column, and not the line: to its reader each line is the first.
fn told(error: &serde_json::Error) -> String {
    let (text, column) = (error.to_string(), error.column());
    let place = format!(" at line {} column {column}", error.line());
    match text.strip_suffix(&place) {
        Some(why) => format!("{why} at column {column}"),
        None => text,
    }
}

impl Found {
    /// Why it is not the history that the run closed. Of a run that ended before that, nobody knows how long it was.
    pub fn doubt(&self, path: &Path, closed_with: Option<u64>) -> Option<String> {
        let lines = self.lines;
        let is_short = closed_with.filter(|closed_with| *closed_with != lines);
        let short = is_short.map(|closed_with| {
            let path = path.display();
            format!("{path}: {lines} whole lines, and the run wrote {closed_with}")
        });
        self.cut.clone().or(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::history::{Action, HistoryLine, Invocation};
    use uuid::Uuid;

    fn line() -> String {
        let line = HistoryLine::Invoke(Invocation {
            op: 1,
            session: 0,
            trace_id: String::new(),
            span_id: String::new(),
            intended_us: 0,
            sent_us: 0,
            action: Action::Cancel {
                of: 0,
                order_id: Uuid::nil(),
            },
        });
        serde_json::to_string(&line).expect("serialises")
    }

    fn written(test: &str, text: &str) -> Result<Found, HistoryError> {
        let name = format!("found-{}-{test}.jsonl", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("written");
        let found = read(&path, Setup::default());
        std::fs::remove_file(&path).expect("removed");
        found
    }

    #[test]
    fn half_a_line_at_the_end_is_a_doubt_and_elsewhere_is_damage() {
        let whole = line();
        let found = written("half", &format!("{whole}\n{}", &whole[..20])).expect("read");
        assert_eq!((found.history.operations.len(), found.lines), (1, 1));
        let doubt = found.doubt(Path::new("h"), None).expect("a doubt");
        assert!(doubt.contains("line 2: it is cut short: EOF"), "{doubt}");
        for (test, text) in [
            ("first", format!("{}\n{whole}\n", &whole[..20])),
            // A crash does not end the line that it cuts.
            ("last", format!("{whole}\n{}\n", &whole[..20])),
            ("nothing", format!("{whole}\n\n")),
        ] {
            let error = written(test, &text).expect_err("damaged").to_string();
            let line = 1 + usize::from(test != "first");
            assert!(error.contains(&format!("line {line}: EOF")), "{error}");
            assert!(error.contains("at column"), "{error}");
        }
    }

    #[test]
    fn lines_that_no_run_writes_are_damage() {
        let whole = line();
        let error = written("twice", &format!("{whole}\n{whole}\n")).expect_err("damaged");
        let told = error.to_string();
        assert!(
            told.ends_with("line 2: operation 1 is invoked a second time"),
            "{told}"
        );
    }

    #[test]
    fn a_history_that_is_shorter_than_it_was_is_doubted() {
        let whole = line();
        let found = written("short", &format!("{whole}\n")).expect("read");
        let doubt = |closed_with| found.doubt(Path::new("h"), closed_with);
        assert_eq!((doubt(None), doubt(Some(1))), (None, None));
        let told = doubt(Some(3)).expect("a doubt");
        assert_eq!(told, "h: 1 whole lines, and the run wrote 3");
    }
}
