//! What a client says.

use super::{
    Opaque,
    messages::{Messages, fill},
};
use bytes::Buf;

/// Length and code.
const STARTUP_HEAD_BYTES: usize = 8;
/// PostgreSQL takes no longer ones.
const STARTUP_BYTES_MAX: u32 = 10_000;
/// The first octet of TLS; a start-up packet begins with a length below 16 MiB.
const TLS_HANDSHAKE: u8 = 0x16;

const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
/// The major version, in the upper half of the code.
const VERSION: u32 = 3;

const QUERY: u8 = b'Q';
const FUNCTION_CALL: u8 = b'F';
const SYNC: u8 = b'S';

/// A commit that a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Among the connection's, from one.
    pub nth: u64,
    /// Among what the server says ready to, from one; the first is the start-up.
    pub request: u64,
}

#[derive(Debug, Default)]
pub struct Frontend {
    stage: Stage,
    messages: Messages,
    requests: u64,
    negotiations: u64,
    commits: u64,
}

#[derive(Debug)]
enum Stage {
    Startup(Vec<u8>),
    /// So much of the start-up packet is to come.
    Parameters(usize),
    Typed,
}

impl Default for Stage {
    fn default() -> Self {
        Self::Startup(Vec::new())
    }
}

impl Frontend {
    /// The next commit that ends in `octets`, which are then behind it; with none, all are
    /// taken.
    pub fn next(&mut self, octets: &mut &[u8]) -> Result<Option<Commit>, Opaque> {
        while !octets.is_empty() {
            match &mut self.stage {
                Stage::Startup(head) => {
                    if head.is_empty() && octets.first() == Some(&TLS_HANDSHAKE) {
                        return Err(Opaque);
                    }
                    if fill(head, STARTUP_HEAD_BYTES, octets) {
                        let (length, code) = startup(head).ok_or(Opaque)?;
                        self.begin(length, code)?;
                    }
                }
                Stage::Parameters(left) => {
                    let (taken, rest) = octets.split_at((*left).min(octets.len()));
                    *octets = rest;
                    *left -= taken.len();
                    if *left == 0 {
                        self.stage = Stage::Typed;
                    }
                }
                Stage::Typed => {
                    if let Some(commit) = self.typed(octets)? {
                        return Ok(Some(commit));
                    }
                }
            }
        }
        Ok(None)
    }

    /// How often the server was asked for encryption, and answers with a single octet.
    pub fn negotiations(&self) -> u64 {
        self.negotiations
    }

    fn begin(&mut self, length: u32, code: u32) -> Result<(), Opaque> {
        match (code, length as usize) {
            (SSL_REQUEST | GSS_REQUEST, STARTUP_HEAD_BYTES) => {
                self.negotiations += 1;
                self.stage = Stage::default();
                Ok(())
            }
            (code, STARTUP_HEAD_BYTES..)
                if code >> 16 == VERSION && length <= STARTUP_BYTES_MAX =>
            {
                self.requests = 1;
                self.stage = match length as usize - STARTUP_HEAD_BYTES {
                    0 => Stage::Typed,
                    left => Stage::Parameters(left),
                };
                Ok(())
            }
            // A cancel request among them: it has one packet and no answer.
            (_, _) => Err(Opaque),
        }
    }

    fn typed(&mut self, octets: &mut &[u8]) -> Result<Option<Commit>, Opaque> {
        match self.messages.next(octets, QUERY)? {
            Some(QUERY) => {
                self.requests += 1;
                if !self.messages.body().is_some_and(is_commit) {
                    return Ok(None);
                }
                self.commits += 1;
                Ok(Some(Commit {
                    nth: self.commits,
                    request: self.requests,
                }))
            }
            Some(SYNC | FUNCTION_CALL) => {
                self.requests += 1;
                Ok(None)
            }
            Some(_) | None => Ok(None),
        }
    }
}

fn startup(mut head: &[u8]) -> Option<(u32, u32)> {
    Some((head.try_get_u32().ok()?, head.try_get_u32().ok()?))
}

/// `COMMIT`, closed by a zero octet.
fn is_commit(body: &[u8]) -> bool {
    let Some((0, text)) = body.split_last() else {
        return false;
    };
    let text = text.trim_ascii();
    let text = text.strip_suffix(b";").unwrap_or(text).trim_ascii_end();
    text.eq_ignore_ascii_case(b"commit")
}
