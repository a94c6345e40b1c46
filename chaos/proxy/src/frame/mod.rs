//! One AMQP 0-9-1 frame, as the octets it arrived in.
//!
//! ```text
//! octet   0      1..3      3..7           7..7+size   7+size
//!         type   channel   payload size   payload     0xCE
//! ```

mod fields;
mod malformed;
mod splitter;
mod table;

pub use fields::Fields;
pub use malformed::Malformed;
pub use splitter::{PROTOCOL_HEADER, Piece, Splitter};
pub use table::{Value, find};

use amq_protocol::protocol::constants;
use bytes::Bytes;

/// What comes before a payload.
pub const HEAD_BYTES: usize = 7;
/// The head and the end octet: what a frame has beyond its payload.
pub const OVERHEAD_BYTES: usize = HEAD_BYTES + 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Method,
    Header,
    Body,
    Heartbeat,
}

impl Kind {
    fn of(octet: u8) -> Option<Self> {
        match octet {
            constants::FRAME_METHOD => Some(Self::Method),
            constants::FRAME_HEADER => Some(Self::Header),
            constants::FRAME_BODY => Some(Self::Body),
            constants::FRAME_HEARTBEAT => Some(Self::Heartbeat),
            _ => None,
        }
    }
}

/// Only a [`Splitter`] makes frames, so the octets are known to be a whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    kind: Kind,
    channel: u16,
    raw: Bytes,
}

impl Frame {
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn channel(&self) -> u16 {
        self.channel
    }

    pub fn payload(&self) -> &[u8] {
        &self.raw[HEAD_BYTES..self.raw.len() - 1]
    }

    /// Head, payload and end octet. A share of the read buffer, not a copy.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    pub fn into_raw(self) -> Bytes {
        self.raw
    }

    /// The same frame in octets of its own.
    pub(crate) fn apart(&self) -> Self {
        Self {
            raw: crate::lane::apart(self.raw.clone()),
            ..*self
        }
    }

    /// The same frame with one bit of its payload turned.
    pub(crate) fn flipped(&self, octet: usize, bit: u32) -> Self {
        let turned = self
            .payload()
            .get(octet)
            .map(|octet| octet ^ (1 << (bit % 8)));
        Self {
            raw: self.patched(octet, turned.as_slice()),
            ..*self
        }
    }

    /// The same frame with some octets of its payload replaced.
    pub(crate) fn patched(&self, at: usize, octets: &[u8]) -> Bytes {
        let mut raw = self.raw.to_vec();
        let start = HEAD_BYTES + at;
        raw[start..start + octets.len()].copy_from_slice(octets);
        raw.into()
    }
}
