//! What a server says.

use super::{Opaque, messages::Messages};

const NOT_ENCRYPTED: u8 = b'N';
const READY_FOR_QUERY: u8 = b'Z';
const COPY_IN: u8 = b'G';
const COPY_BOTH: u8 = b'W';
/// No kind: nothing of a server's is kept.
const NOTHING: u8 = 0;

#[derive(Debug, Default)]
pub struct Backend {
    messages: Messages,
    refusals: u64,
    ready: u64,
    adrift: bool,
}

impl Backend {
    /// Takes octets up to the next "ready for query", and says whether there is one.
    /// `negotiations` is how often the client has asked for encryption.
    pub fn next(&mut self, octets: &mut &[u8], negotiations: u64) -> Result<bool, Opaque> {
        while let Some((first, rest)) = octets.split_first() {
            if self.refusals < negotiations {
                if *first != NOT_ENCRYPTED {
                    return Err(Opaque);
                }
                self.refusals += 1;
                *octets = rest;
                continue;
            }
            match self.messages.next(octets, NOTHING)? {
                Some(READY_FOR_QUERY) => {
                    self.ready += 1;
                    return Ok(true);
                }
                Some(COPY_IN | COPY_BOTH) => self.adrift = true,
                Some(_) | None => {}
            }
        }
        Ok(false)
    }

    /// How often it was ready.
    pub fn ready(&self) -> u64 {
        self.ready
    }

    /// Whether counting does not tell what is answered: in a copy, the server is ready less
    /// often than it is asked.
    pub fn is_adrift(&self) -> bool {
        self.adrift
    }
}
