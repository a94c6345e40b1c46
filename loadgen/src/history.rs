//! `history.jsonl`: written while it happens, so that a crash of this process loses what it was about to write at most.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::thread::{JoinHandle, park_timeout};
use std::time::Duration;

use checkers::history::{History, HistoryLine, Setup};
use tokio::sync::mpsc;

/// Lines that wait for the disk: about two seconds of the highest load. When it is full, operations wait for it:
/// an operation that is not written down must not happen.
const LINES_MAX: usize = 16_384;
/// A line that comes after a pause is written at once, those that follow closely once in this time: to be woken for each
/// of tens of thousands a second costs more than to write them.
const PAUSE: Duration = Duration::from_millis(1);

/// The end that operations write to.
#[derive(Clone)]
pub struct Recorder {
    lines: mpsc::Sender<HistoryLine>,
}

/// The thread that owns the file.
pub struct Writer {
    thread: JoinHandle<io::Result<()>>,
}

pub fn open(path: &Path) -> io::Result<(Recorder, Writer)> {
    let file = File::create(path)?;
    let (lines, receiver) = mpsc::channel(LINES_MAX);
    let thread = std::thread::Builder::new()
        .name("history".into())
        .spawn(|| write(file, receiver))?;
    Ok((Recorder { lines }, Writer { thread }))
}

fn write(file: File, mut lines: mpsc::Receiver<HistoryLine>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    while let Some(line) = lines.blocking_recv() {
        put(&mut out, &line)?;
        while let Ok(line) = lines.try_recv() {
            put(&mut out, &line)?;
        }
        out.flush()?;
        // Nobody unparks it.
        park_timeout(PAUSE);
    }
    out.flush()
}

fn put(out: &mut impl Write, line: &HistoryLine) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

impl Recorder {
    /// One that refuses every line.
    pub fn closed() -> Self {
        let (lines, _) = mpsc::channel(1);
        Self { lines }
    }

    /// False when the file can no longer be written: nothing may be sent any more.
    pub async fn record(&self, line: HistoryLine) -> bool {
        self.lines.send(line).await.is_ok()
    }
}

impl Writer {
    /// Ends when every [`Recorder`] is gone.
    pub async fn finish(self) -> io::Result<()> {
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        match joined {
            Ok(Ok(written)) => written,
            Ok(Err(_)) | Err(_) => Err(io::Error::other(
                "the thread that writes the history panicked",
            )),
        }
    }
}

/// Half a line at the very end is what a crash leaves; anywhere else it is damage. Folded as it is read: the lines are
/// never all in memory.
pub fn read(path: &Path, setup: Setup) -> io::Result<History> {
    let mut damage: Option<io::Error> = None;
    let mut broken: Option<String> = None;
    let numbered = (1..).zip(BufReader::new(File::open(path)?).lines());
    let lines = numbered.map_while(|(number, line): (u64, _)| {
        // What follows a broken line shows that it was not the last one.
        let line = match (broken.take(), line) {
            (Some(broken), _) => Err(io::Error::new(io::ErrorKind::InvalidData, broken)),
            (None, line) => line,
        };
        let line = line.map_err(|error| damage = Some(error)).ok()?;
        match serde_json::from_str(&line) {
            Ok(line) => Some(Some(line)),
            Err(error) => {
                broken = Some(format!("{} line {number}: {error}", path.display()));
                Some(None)
            }
        }
    });
    let history = History::fold(setup, lines.flatten());
    damage.map_or(Ok(history), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::history::{Action, Invocation};
    use uuid::Uuid;

    fn line(op: u64) -> HistoryLine {
        HistoryLine::Invoke(Invocation {
            op,
            session: 0,
            trace_id: String::new(),
            span_id: String::new(),
            intended_us: 0,
            sent_us: 0,
            action: Action::Cancel {
                of: 0,
                order_id: Uuid::nil(),
            },
        })
    }

    fn path(test: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("history-{}-{test}.jsonl", std::process::id()))
    }

    #[tokio::test]
    async fn what_was_recorded_is_read_back() {
        let path = path("back");
        let (recorder, writer) = open(&path).expect("opened");
        assert!(recorder.record(line(1)).await && recorder.record(line(2)).await);
        drop(recorder);
        writer.finish().await.expect("written");
        let history = read(&path, Setup::default()).expect("read");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(history.operations.len(), 2);
    }

    #[test]
    fn half_a_line_at_the_end_is_passed_over_and_elsewhere_is_damage() {
        let path = path("half");
        let whole = serde_json::to_string(&line(1)).expect("serialises");
        std::fs::write(&path, format!("{whole}\n{}", &whole[..20])).expect("written");
        assert_eq!(
            read(&path, Setup::default())
                .expect("read")
                .operations
                .len(),
            1
        );
        std::fs::write(&path, format!("{}\n{whole}\n", &whole[..20])).expect("written");
        let error = read(&path, Setup::default()).expect_err("damaged");
        std::fs::remove_file(&path).expect("removed");
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
