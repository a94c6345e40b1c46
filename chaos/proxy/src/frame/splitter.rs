//! A byte stream, cut into frames without copying them.

use super::{Frame, HEAD_BYTES, Kind, Malformed, OVERHEAD_BYTES};
use amq_protocol::protocol::constants;
use bytes::{Bytes, BytesMut};

/// The protocol header of AMQP 0-9-1.
pub const PROTOCOL_HEADER: &[u8; 8] = b"AMQP\x00\x00\x09\x01";

/// One thing that was cut off the front of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    ProtocolHeader(Bytes),
    Frame(Frame),
}

/// Holds at most one frame that is not whole, and what was read behind it.
#[derive(Debug)]
pub struct Splitter {
    buffer: BytesMut,
    header: Header,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    /// A client's first octets.
    Required,
    /// A broker answers a version that it does not speak with its own header.
    Possible,
    Passed,
}

impl Splitter {
    pub fn of_client() -> Self {
        Self::expecting(Header::Required)
    }

    pub fn of_broker() -> Self {
        Self::expecting(Header::Possible)
    }

    fn expecting(header: Header) -> Self {
        Self {
            buffer: BytesMut::new(),
            header,
        }
    }

    /// Where the next octets of the stream are put.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Gives back the buffer, if nothing is in it, until more is read.
    pub fn give_back(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    /// The next piece, or `None` until more has been read. `frame_max` is as negotiated,
    /// in octets of a whole frame.
    pub fn next(&mut self, frame_max: usize) -> Result<Option<Piece>, Malformed> {
        match self.header {
            Header::Required => return self.protocol_header(),
            Header::Possible if self.buffer.first() == Some(&PROTOCOL_HEADER[0]) => {
                return self.protocol_header();
            }
            Header::Possible | Header::Passed => {}
        }
        let Some(&first) = self.buffer.first() else {
            return Ok(None);
        };
        let kind = Kind::of(first).ok_or(Malformed::FrameType(first))?;
        let Some(head) = self.buffer.first_chunk::<HEAD_BYTES>() else {
            return Ok(None);
        };
        let channel = u16::from_be_bytes([head[1], head[2]]);
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
        let bytes = u64::from(size) + OVERHEAD_BYTES as u64;
        let whole = usize::try_from(bytes).unwrap_or(usize::MAX);
        if whole > frame_max {
            return Err(Malformed::FrameTooLarge {
                bytes,
                limit: frame_max as u64,
            });
        }
        if self.buffer.len() < whole {
            // Room for all of it at once: a large body is not moved as the buffer grows.
            self.buffer.reserve(whole - self.buffer.len());
            return Ok(None);
        }
        let end = self.buffer[whole - 1];
        if end != constants::FRAME_END {
            return Err(Malformed::FrameEnd(end));
        }
        self.header = Header::Passed;
        Ok(Some(Piece::Frame(Frame {
            kind,
            channel,
            raw: self.buffer.split_to(whole).freeze(),
        })))
    }

    fn protocol_header(&mut self) -> Result<Option<Piece>, Malformed> {
        let seen = self.buffer.len().min(PROTOCOL_HEADER.len());
        // A broker's own header may name another version; a client's may not.
        let fixed = match self.header {
            Header::Required => PROTOCOL_HEADER.len(),
            Header::Possible | Header::Passed => 4,
        };
        let compared = seen.min(fixed);
        if self.buffer[..compared] != PROTOCOL_HEADER[..compared] {
            return Err(Malformed::ProtocolHeader);
        }
        if seen < PROTOCOL_HEADER.len() {
            return Ok(None);
        }
        self.header = Header::Passed;
        let header = self.buffer.split_to(PROTOCOL_HEADER.len()).freeze();
        Ok(Some(Piece::ProtocolHeader(header)))
    }

    /// Octets that are no whole frame yet.
    pub fn unfinished(&self) -> usize {
        self.buffer.len()
    }
}
