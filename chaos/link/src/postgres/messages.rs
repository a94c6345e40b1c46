//! A stream cut into typed messages: a kind, a length that counts itself, a body.

use super::Opaque;
use bytes::Buf;

const HEAD_BYTES: usize = 5;
/// PostgreSQL itself takes no more than a GiB at a time.
const MESSAGE_BYTES_MAX: u32 = 0x4000_0000;
/// A body up to here is kept: `COMMIT` with space around it.
pub const BODY_KEPT_BYTES_MAX: usize = 64;

/// Remembers one head and one short body at most.
#[derive(Debug, Default)]
pub struct Messages {
    head: Vec<u8>,
    body: Vec<u8>,
    left: usize,
    keep: bool,
}

impl Messages {
    /// The kind of the next message that ends in `octets`, which is then behind it. Bodies
    /// of the `kept` kind can be read if they are short.
    pub fn next(&mut self, octets: &mut &[u8], kept: u8) -> Result<Option<u8>, Opaque> {
        if self.head.len() < HEAD_BYTES {
            if !fill(&mut self.head, HEAD_BYTES, octets) {
                return Ok(None);
            }
            let mut head = &self.head[..];
            let kind = head.try_get_u8().map_err(|_| Opaque)?;
            let length = head.try_get_u32().map_err(|_| Opaque)?;
            // The length counts itself and not the kind.
            if !kind.is_ascii_graphic() || !(4..=MESSAGE_BYTES_MAX).contains(&length) {
                return Err(Opaque);
            }
            self.left = length as usize - 4;
            self.keep = kind == kept && self.left <= BODY_KEPT_BYTES_MAX;
            self.body.clear();
        }
        let (taken, rest) = octets.split_at(self.left.min(octets.len()));
        if self.keep {
            self.body.extend_from_slice(taken);
        }
        *octets = rest;
        self.left -= taken.len();
        if self.left > 0 {
            return Ok(None);
        }
        let kind = self.head.first().copied();
        self.head.clear();
        Ok(kind)
    }

    /// Of the message that [`Messages::next`] told of, if it is kept.
    pub fn body(&self) -> Option<&[u8]> {
        self.keep.then_some(&self.body)
    }
}

/// Moves octets until there are `whole`; whether there are.
pub fn fill(to: &mut Vec<u8>, whole: usize, octets: &mut &[u8]) -> bool {
    let missing = whole.saturating_sub(to.len());
    let (taken, rest) = octets.split_at(missing.min(octets.len()));
    to.extend_from_slice(taken);
    *octets = rest;
    to.len() >= whole
}
