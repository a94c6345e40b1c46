//! A fault as data: what becomes of a link, and in which direction.

use amqp_proxy::Probability;
use std::{
    num::{NonZeroU16, NonZeroU64},
    time::Duration,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The fault's name, in receipts and in decisions.
    pub name: String,
    pub seed: u64,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Octets arrive so much later, and up to `jitter` more; never out of order.
    Latency {
        delay: Duration,
        jitter: Duration,
        way: Way,
    },
    /// Each connection and direction has this much.
    Bandwidth {
        bytes_per_second: NonZeroU64,
        way: Way,
    },
    /// Connections that are open are reset at once, new ones at their first octets.
    Reset,
    /// Octets vanish. Nothing is closed until it ends.
    Blackhole { way: Way },
    /// The upstream side of connections that are open is gone, and the client is not told,
    /// not even when the fault ends.
    HalfOpen,
    /// Nobody listens; connections that are open are reset.
    Refuse,
    /// The end of one side, orderly or not, reaches the other so much later.
    SlowClose { delay: Duration },
    /// What a client of HTTP says next is answered with this status, and nothing of it goes on; the connection then
    /// ends.
    AnswerError { status: NonZeroU16 },
    /// In this share of the chunks that are read, one bit is flipped.
    Corrupt { share: Probability, way: Way },
    /// The server commits, and the client is reset before it hears. Of PostgreSQL only;
    /// with neither share nor nth, each commit.
    CutOnCommit {
        share: Option<Probability>,
        /// Counts the commits that this rule has seen, on any connection, from one.
        nth: Option<u64>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToUpstream,
    ToClient,
    Both,
}

impl Way {
    /// Whether octets that go `way` are meant.
    pub fn covers(self, way: Way) -> bool {
        self == Way::Both || self == way
    }

    pub(crate) fn opposite(self) -> Way {
        match self {
            Way::ToUpstream => Way::ToClient,
            Way::ToClient => Way::ToUpstream,
            Way::Both => Way::Both,
        }
    }
}

impl Fault {
    /// As receipts name it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "link/latency",
            Self::Bandwidth { .. } => "link/bandwidth",
            Self::Reset => "link/reset",
            Self::Blackhole { .. } => "link/blackhole",
            Self::HalfOpen => "link/half-open",
            Self::Refuse => "link/refuse",
            Self::SlowClose { .. } => "link/slow-close",
            Self::AnswerError { .. } => "link/answer-error",
            Self::Corrupt { .. } => "link/corrupt",
            Self::CutOnCommit { .. } => "link/cut-on-commit",
        }
    }
}
