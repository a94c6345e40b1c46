//! `history.jsonl`: written while it happens, so that a crash of this process loses what it was about to write at most.

mod reading;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::thread::{JoinHandle, park_timeout};
use std::time::Duration;

use checkers::history::HistoryLine;
use tokio::sync::{mpsc, oneshot};

pub use reading::{Found, HistoryError, read};

use crate::view::feed::Feed;

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
    thread: JoinHandle<io::Result<u64>>,
    stopped: oneshot::Receiver<()>,
}

/// `onlooker` is told each line once it is written.
pub fn open(path: &Path, onlooker: Option<Feed>) -> io::Result<(Recorder, Writer)> {
    let file = File::create(path)?;
    let (lines, receiver) = mpsc::channel(LINES_MAX);
    let (stopping, stopped) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("history".into())
        .spawn(move || {
            // Dropped as the thread ends, however it does.
            let _stopping = stopping;
            write(file, receiver, onlooker)
        })?;
    Ok((Recorder { lines }, Writer { thread, stopped }))
}

/// How many lines it wrote.
fn write(
    file: File,
    mut lines: mpsc::Receiver<HistoryLine>,
    onlooker: Option<Feed>,
) -> io::Result<u64> {
    let mut out = BufWriter::new(file);
    let mut written = 0;
    while let Some(line) = lines.blocking_recv() {
        put(&mut out, line, onlooker.as_ref())?;
        written += 1;
        while let Ok(line) = lines.try_recv() {
            put(&mut out, line, onlooker.as_ref())?;
            written += 1;
        }
        out.flush()?;
        // Nobody unparks it.
        park_timeout(PAUSE);
    }
    out.flush()?;
    Ok(written)
}

fn put(out: &mut impl Write, line: HistoryLine, onlooker: Option<&Feed>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")?;
    if let Some(onlooker) = onlooker {
        onlooker.line(line);
    }
    Ok(())
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
    /// Returns once nothing is written any more: every [`Recorder`] is gone, or the disk is full.
    pub async fn stopped(&mut self) {
        let _ = (&mut self.stopped).await;
    }

    /// How many lines there are. Ends when every [`Recorder`] is gone.
    pub async fn finish(self) -> io::Result<u64> {
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        match joined {
            Ok(Ok(written)) => written,
            Ok(Err(_)) | Err(_) => Err(io::Error::other(
                "the thread that writes the history panicked",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::feed::{self, News};
    use checkers::history::{Action, Invocation, Setup};
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
        let (recorder, writer) = open(&path, None).expect("opened");
        assert!(recorder.record(line(1)).await && recorder.record(line(2)).await);
        drop(recorder);
        assert_eq!(writer.finish().await.expect("written"), 2);
        let found = read(&path, Setup::default()).expect("read");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!((found.history.operations.len(), found.lines), (2, 2));
        assert_eq!(found.doubt(&path, Some(2)), None);
    }

    #[tokio::test]
    async fn an_onlooker_is_told_what_was_written_and_one_that_went_away_holds_nothing_up() {
        let path = path("seen");
        let (feed, inbox) = feed::channel();
        let (recorder, writer) = open(&path, Some(feed)).expect("opened");
        assert!(recorder.record(line(1)).await);
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let told = loop {
            assert!(std::time::Instant::now() < patience, "never told");
            match inbox.take().next() {
                Some(News::Line(line)) => break line,
                _ => tokio::task::yield_now().await,
            }
        };
        assert_eq!(told, line(1));
        drop(inbox);
        assert!(recorder.record(line(2)).await);
        drop(recorder);
        writer.finish().await.expect("written");
        let found = read(&path, Setup::default()).expect("read");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(found.history.operations.len(), 2);
    }

    #[tokio::test]
    async fn what_cannot_be_written_refuses_what_comes_next() {
        let (recorder, mut writer) = open(Path::new("/dev/full"), None).expect("opened");
        recorder.record(line(1)).await;
        writer.stopped().await;
        assert!(!recorder.record(line(2)).await);
        let error = writer.finish().await.expect_err("the disk is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
