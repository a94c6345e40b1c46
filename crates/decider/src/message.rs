//! What a contract's message says of itself.

use crate::Coordination;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The topic exchange; whoever bound the routing key hears it.
    Events,
    /// One participant, by the name of its queue.
    Command(&'static str),
}

/// A message that can be sent.
pub trait Outgoing {
    /// `<aggregate>.<event>` or `<participant>.<command>`.
    fn kind(&self) -> &'static str;
    /// Version of the body's shape. Only ever added to; a change of meaning is a new version.
    fn version(&self) -> u16 {
        1
    }
    /// Derived from what the message says, so that a re-emission carries the same id.
    fn id(&self) -> Uuid;
    /// The order whose saga this belongs to, if it belongs to one.
    fn correlation_id(&self) -> Option<Uuid>;
    /// `None`: the same as the message that caused it.
    fn coordination(&self) -> Option<Coordination> {
        None
    }
    fn destination(&self) -> Destination;
    /// JSON, tagged with its `type`.
    fn encode(&self) -> Vec<u8>;
}

/// For an enum whose variants are the messages of several contracts.
pub trait OneOf {
    fn message(&self) -> &dyn Outgoing;
}

impl<T: OneOf> Outgoing for T {
    fn kind(&self) -> &'static str {
        self.message().kind()
    }

    fn version(&self) -> u16 {
        self.message().version()
    }

    fn id(&self) -> Uuid {
        self.message().id()
    }

    fn correlation_id(&self) -> Option<Uuid> {
        self.message().correlation_id()
    }

    fn coordination(&self) -> Option<Coordination> {
        self.message().coordination()
    }

    fn destination(&self) -> Destination {
        self.message().destination()
    }

    fn encode(&self) -> Vec<u8> {
        self.message().encode()
    }
}

/// A message that can be heard.
pub trait Incoming: Sized {
    fn parse(kind: &str, version: u16, body: &[u8]) -> Result<Self, ParseError>;
    fn correlation_id(&self) -> Option<Uuid>;
}

/// Why bytes are not a message. The text is the reason in the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error("unknown kind {0:?}")]
    UnknownKind(String),
    #[error("unknown version {version} of {kind:?}")]
    UnknownVersion { kind: String, version: u16 },
    #[error("malformed body: {0}")]
    Malformed(String),
}

/// The id of the message `kind` about `subject`: the same words, the same id.
///
/// `subject` is the aggregate's id, with an ordinal where a kind can occur more
/// than once for it (`<order>/2`). UUIDv5, so that anyone can compute it.
pub fn message_id(kind: &str, subject: impl std::fmt::Display) -> Uuid {
    /// Drawn once; changing it makes every message a new one.
    const NAMESPACE: Uuid = Uuid::from_u128(0x6b1f_9a54_3c0e_4d7b_9f21_d1c5_7a80_42e6);
    Uuid::new_v5(&NAMESPACE, format!("{kind}/{subject}").as_bytes())
}

/// The only version there is of any message.
const VERSION: u16 = 1;

/// A contract's enum from its wire form: JSON, internally tagged with its `type`.
///
/// `kinds` are the kinds the enum knows. The envelope's word and the body's must
/// agree, or one message would be two things to two readers.
pub fn parse_tagged<T: DeserializeOwned + Outgoing>(
    kinds: &[&str],
    kind: &str,
    version: u16,
    body: &[u8],
) -> Result<T, ParseError> {
    if !kinds.contains(&kind) {
        return Err(ParseError::UnknownKind(kind.to_owned()));
    }
    if version != VERSION {
        return Err(ParseError::UnknownVersion {
            kind: kind.to_owned(),
            version,
        });
    }
    let message: T =
        serde_json::from_slice(body).map_err(|error| ParseError::Malformed(error.to_string()))?;
    if message.kind() != kind {
        return Err(ParseError::Malformed(format!(
            "the body says {:?}, the envelope {kind:?}",
            message.kind()
        )));
    }
    Ok(message)
}

/// The wire form of a contract's enum.
///
/// # Panics
/// If the type cannot be JSON at all (a map with keys that are not strings): a
/// mistake in a contract, which its golden test shows.
pub fn encode_tagged<T: Serialize>(message: &T) -> Vec<u8> {
    serde_json::to_vec(message).expect("a contract's message is JSON")
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
