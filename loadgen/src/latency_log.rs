//! `latency.hlog`: the histograms of a run, interval by interval, in the format of HdrHistogram's own log, so that its
//! tools read them, and add up those of several generators.

use std::fs::File;
use std::io::{self, LineWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use hdrhistogram::serialization::interval_log::{
    IntervalLogWriterBuilder, IntervalLogWriterError, Tag,
};
use hdrhistogram::serialization::{V2DeflateSerializeError, V2DeflateSerializer};

use crate::tally::Tally;
use crate::tally::latencies::Latencies;

/// Shorter than any fault of ours lasts; two hours are some two megabytes.
const INTERVAL: Duration = Duration::from_secs(5);
const UNITS: &str = "microseconds from the intended start; the maximum in milliseconds";
const US_PER_MS: f64 = 1_000.0;
const ACKNOWLEDGEMENT: &str = "acknowledgement";

/// The thread that owns the file.
pub struct LatencyLog {
    end: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl LatencyLog {
    pub fn open(path: &Path, tally: Arc<Tally>) -> io::Result<Self> {
        let file = File::create(path)?;
        let (end, ended) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("latency-log".into())
            .spawn(move || write(LineWriter::new(file), &tally, &ended))?;
        Ok(Self { end, thread })
    }

    /// The last interval ends now.
    pub async fn finish(self) -> io::Result<()> {
        drop(self.end);
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        match joined {
            Ok(Ok(written)) => written,
            Ok(Err(_)) | Err(_) => Err(io::Error::other(
                "the thread that writes the latencies panicked",
            )),
        }
    }
}

fn write(mut out: impl Write, tally: &Tally, ended: &Receiver<()>) -> io::Result<()> {
    let (began, begun) = (SystemTime::now(), Instant::now());
    let mut serializer = V2DeflateSerializer::new();
    let mut log = IntervalLogWriterBuilder::new()
        .add_comment(UNITS)
        .with_start_time(began)
        .with_base_time(began)
        .with_max_value_divisor(US_PER_MS)
        .begin_log_with(&mut out, &mut serializer)?;
    let mut since = Duration::ZERO;
    loop {
        let is_last = ended.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout);
        let now = begun.elapsed();
        let Latencies {
            acknowledgement,
            by_coordination,
        } = tally.end_interval();
        let ends = by_coordination.iter().map(|(name, its)| (&**name, its));
        for (kind, histogram) in ends.chain([(ACKNOWLEDGEMENT, &acknowledgement)]) {
            log.write_histogram(histogram, since, now - since, Tag::new(kind))
                .map_err(not_written)?;
        }
        since = now;
        if is_last {
            return Ok(());
        }
    }
}

fn not_written(error: IntervalLogWriterError<V2DeflateSerializeError>) -> io::Error {
    match error {
        IntervalLogWriterError::IoError(error) => error,
        IntervalLogWriterError::SerializeError(error) => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use checkers::history::Outcome;
    use hdrhistogram::serialization::Deserializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    use super::*;
    use crate::tally::latencies::histogram;

    /// As HdrHistogram's tools do it.
    fn read_back(path: &Path) -> Latencies {
        let text = std::fs::read(path).expect("was written");
        let mut all = Latencies::default();
        for entry in IntervalLogIterator::new(&text) {
            let LogEntry::Interval(interval) = entry.expect("is an entry") else {
                continue;
            };
            let octets = STANDARD
                .decode(interval.encoded_histogram())
                .expect("base64");
            let its = Deserializer::new().deserialize::<u64, _>(&mut &octets[..]);
            let kind = interval
                .tag()
                .expect("each has its kind")
                .as_str()
                .to_owned();
            let sum = match kind.as_str() {
                ACKNOWLEDGEMENT => &mut all.acknowledgement,
                _ => all.by_coordination.entry(kind).or_insert_with(histogram),
            };
            sum.add(its.expect("a histogram")).expect("fits");
        }
        all
    }

    #[tokio::test]
    async fn what_the_tools_add_up_is_what_the_verdict_says() {
        let path = std::env::temp_dir().join(format!("latency-{}.hlog", std::process::id()));
        let tally = Arc::new(Tally::default());
        let log = LatencyLog::open(&path, Arc::clone(&tally)).expect("opened");
        for us in (1..2_000).map(|nth| nth * 997) {
            tally.acknowledged(us);
            tally.ended("choreography", &Outcome::confirmed(), us * 2);
            tally.ended("orchestration", &Outcome::confirmed(), us * 3);
        }
        log.finish().await.expect("written");
        let read = read_back(&path);
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(read, tally.latencies());
        assert_eq!(read.by_coordination["choreography"].len(), 1_999);
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_nothing_is_missing_from_the_whole() {
        let tally = Arc::new(Tally::default());
        let log = LatencyLog::open(Path::new("/dev/full"), Arc::clone(&tally)).expect("opened");
        tally.acknowledged(1);
        let error = log.finish().await.expect_err("the disk is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(tally.latencies().acknowledgement.len(), 1);
    }
}
