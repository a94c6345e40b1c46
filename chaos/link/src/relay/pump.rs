//! One direction of a connection.
//!
//! ```text
//! read ──no rule in force───────────────────────────> write
//!   └─> reset? ─> answer? ─> blackhole? ─> commit? ─> corrupt? ─> lane ──┘ latency, bandwidth
//! ```
//!
//! Reading goes on while something waits to be written, until the lane is full.

use super::{
    connection::Ended,
    gone::gone,
    outlook::{Due, Outlook},
    wire::Wire,
};
use crate::{
    fault::{
        answer_error,
        bandwidth::Pacer,
        blackhole, corrupt,
        cut_on_commit::{self, ANSWER_WITHIN, Cut},
        reset,
    },
    faults::Armed,
    lane::{End, Lane},
    rule::{Fault, Way},
    subject::Rules,
};
use std::io;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    time::{Instant, sleep_until, timeout},
};

/// Read at once: what a business message fits into; twice a connection, and a thousand
/// connections take 64 MiB.
const READ_BYTES: usize = 32 * 1024;

pub(super) struct Pump<'a> {
    wire: &'a Wire,
    way: Way,
    reader: ReadHalf<'a>,
    writer: WriteHalf<'a>,
    rules: Rules,
    buffer: Box<[u8]>,
    /// Octets read so far.
    place: u64,
    lane: Lane,
    pacer: Pacer,
    cut: Option<Cut>,
}

impl<'a> Pump<'a> {
    pub fn new(wire: &'a Wire, way: Way, reader: ReadHalf<'a>, writer: WriteHalf<'a>) -> Self {
        Self {
            wire,
            way,
            reader,
            writer,
            rules: wire.subject.rules(),
            buffer: vec![0; READ_BYTES].into(),
            place: 0,
            lane: Lane::default(),
            pacer: Pacer::new(Instant::now()),
            cut: None,
        }
    }

    pub async fn run(mut self) -> Ended {
        loop {
            let ended = match self.is_plain() {
                true => self.relay().await,
                false => self.work().await,
            };
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    fn is_plain(&mut self) -> bool {
        self.rules.current().is_empty() && self.lane.is_idle() && self.cut.is_none()
    }

    /// With no rule in force: what was read is written, from the same buffer.
    async fn relay(&mut self) -> Option<Ended> {
        let read = tokio::select! {
            biased;
            () = self.rules.changed() => return None,
            read = self.reader.read(&mut self.buffer) => read,
        };
        // A rule may have been armed after the question and before the octets.
        if !self.is_plain() {
            return self.take(read);
        }
        match self.came(read) {
            Ok(octets) => {
                self.place += octets as u64;
                let mut chunk = self.buffer.get(..octets).unwrap_or_default();
                while !chunk.is_empty() {
                    let (share, commit) = self.wire.says(self.way, chunk);
                    let (passing, rest) = chunk.split_at_checked(share).unwrap_or((chunk, &[]));
                    if let Err(error) = self.writer.write_all(passing).await {
                        return Some(self.gone(&error).await);
                    }
                    // Without a commit, what does not pass is the answer to one.
                    chunk = if commit.is_some() { rest } else { &[] };
                }
                None
            }
            Err(_) if self.is_secret_end() => {
                self.lane.close();
                None
            }
            Err(end) => self.finish(end).await,
        }
    }

    /// With rules in force, or with what they have held back.
    async fn work(&mut self) -> Option<Ended> {
        let now = Instant::now();
        if let Some(cut) = self.cut.take_if(|_| self.lane.is_empty()) {
            return Some(self.await_answer(cut).await);
        }
        let (octets, at) = match self.outlook(now).of(&self.lane, &self.pacer, self.place) {
            Due::End(end) => return self.finish(end).await,
            Due::Octets(octets) => (octets, None),
            Due::At(at) => (0, Some(at)),
            Due::Nothing => (0, None),
        };
        let over = async {
            match at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let reading = self.lane.has_room() && self.cut.is_none();
        tokio::select! {
            biased;
            () = self.rules.changed() => None,
            () = over => None,
            written = self.writer.write(self.lane.front(octets)), if octets > 0 => match written {
                Ok(written) if written > 0 => {
                    self.lane.written(written);
                    if let Some(rate) = self.outlook(now).rate() {
                        self.pacer.spend(written, rate, now);
                    }
                    None
                }
                Ok(_) => Some(self.gone(&io::ErrorKind::WriteZero.into()).await),
                Err(error) => Some(self.gone(&error).await),
            },
            read = self.reader.read(&mut self.buffer), if reading => self.take(read),
        }
    }

    /// What was read meets the rules.
    fn take(&mut self, read: io::Result<usize>) -> Option<Ended> {
        let now = Instant::now();
        self.rules.current();
        let octets = match self.came(read) {
            Ok(octets) => octets,
            Err(_) if self.is_secret_end() => {
                self.lane.close();
                return None;
            }
            Err(end) => {
                self.lane.end(end, now);
                return None;
            }
        };
        let subject = &self.wire.subject;
        let mut place = self.place;
        self.place += octets as u64;
        if reset::ends(&self.rules, subject, octets) {
            return Some(Ended::Reset);
        }
        if let Some(status) = answer_error::status(&self.rules, subject, self.way, octets) {
            return Some(Ended::Answered(status));
        }
        if blackhole::swallows(&self.rules, subject, self.way, octets) {
            return None;
        }
        let mut chunk = self.buffer.get_mut(..octets).unwrap_or_default();
        while !chunk.is_empty() && self.cut.is_none() {
            let (share, commit) = self.wire.says(self.way, chunk);
            let (passing, rest) = chunk.split_at_mut_checked(share)?;
            if let Some(commit) = commit {
                self.cut = cut_on_commit::choose(&self.rules, subject, commit);
                if self.cut.is_some() {
                    self.wire.cut(commit);
                }
            }
            for armed in self.rules.live(now) {
                corrupt::work(armed, subject, self.way, place, passing);
                if slows(armed, self.way) {
                    subject.touch(armed, Some(self.way), passing.len());
                }
            }
            self.lane.push(passing, now, place);
            place += share as u64;
            // Without a commit, what does not pass is the answer to one.
            chunk = if commit.is_some() { rest } else { &mut [] };
        }
        None
    }

    fn outlook(&self, now: Instant) -> Outlook<'_> {
        Outlook {
            subject: &self.wire.subject,
            rules: &self.rules,
            way: self.way,
            now,
        }
    }

    async fn finish(&mut self, end: End) -> Option<Ended> {
        Some(match end {
            End::Reset => Ended::Reset,
            End::Finished => match self.writer.shutdown().await {
                Ok(()) => {
                    self.wire.finish(self.way);
                    Ended::Finished
                }
                Err(error) => self.gone(&error).await,
            },
        })
    }

    async fn gone(&mut self, error: &io::Error) -> Ended {
        if error.kind() == io::ErrorKind::ConnectionReset {
            self.wire.note_crash(self.way);
        }
        if let Some(cut) = self.cut.take() {
            return self.await_answer(cut).await;
        }
        let (reader, rules) = (&mut self.reader, &mut self.rules);
        gone(self.wire, self.way, reader, rules, &mut self.buffer).await
    }

    async fn await_answer(&mut self, cut: Cut) -> Ended {
        tokio::select! {
            _ = timeout(ANSWER_WITHIN, self.wire.answered()) => {}
            () = cut.outlived(&mut self.rules) => {}
        }
        cut.done(&self.wire.subject, self.wire.swallowed());
        Ended::Reset
    }

    fn came(&self, read: io::Result<usize>) -> Result<usize, End> {
        match read {
            Ok(0) if self.wire.has_crashed(self.way.opposite()) => Err(End::Reset),
            Ok(0) => Err(End::Finished),
            Ok(octets) => Ok(octets),
            Err(_) => Err(End::Reset),
        }
    }

    /// A server that hangs up before it answers a commit that was cut: the client shall
    /// not hear that either.
    fn is_secret_end(&self) -> bool {
        self.way == Way::ToClient && self.wire.server_ends()
    }
}

fn slows(armed: &Armed, going: Way) -> bool {
    match armed.rule.fault {
        Fault::Latency { way, .. } | Fault::Bandwidth { way, .. } => way.covers(going),
        _ => false,
    }
}
