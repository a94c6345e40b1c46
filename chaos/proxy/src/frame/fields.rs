//! Reading a method's arguments from the front.
//!
//! amq-protocol parses whole methods, and two things about that do not fit a proxy: a
//! field table nests as deep as its sender likes, on the reader's stack, and a short
//! string that is not UTF-8 is an error although a broker takes it. What matters here
//! stands before any table, so it is read without one.

use bytes::Buf;

/// `None` once the payload is too short.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
    whole: usize,
}

impl<'a> Fields<'a> {
    pub fn new(payload: &'a [u8]) -> Self {
        Self {
            rest: payload,
            whole: payload.len(),
        }
    }

    /// How many octets have been read.
    pub fn position(&self) -> usize {
        self.whole - self.rest.len()
    }

    pub fn octet(&mut self) -> Option<u8> {
        self.rest.try_get_u8().ok()
    }

    pub fn short(&mut self) -> Option<u16> {
        self.rest.try_get_u16().ok()
    }

    pub fn long(&mut self) -> Option<u32> {
        self.rest.try_get_u32().ok()
    }

    pub fn long_long(&mut self) -> Option<u64> {
        self.rest.try_get_u64().ok()
    }

    pub fn short_string(&mut self) -> Option<&'a [u8]> {
        let len = self.octet()?;
        self.take(usize::from(len))
    }

    /// Tables and arrays have the same shape, and are never built.
    pub fn long_string(&mut self) -> Option<&'a [u8]> {
        let len = self.long()?;
        self.take(usize::try_from(len).ok()?)
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }
}
