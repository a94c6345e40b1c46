//! What no peer may send, with the code that a connection is closed with for it.

use super::Kind;
use amq_protocol::protocol::AMQPHardError;

/// Each one ends the connection: after it, nobody knows where the next frame begins or
/// what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("not the protocol header of AMQP 0-9-1")]
    ProtocolHeader,
    #[error("frame type {0} does not exist")]
    FrameType(u8),
    #[error("a frame of {bytes} bytes, and {limit} are agreed")]
    FrameTooLarge { bytes: u64, limit: u64 },
    #[error("a frame ends in {0:#04x}, not in 0xce")]
    FrameEnd(u8),
    #[error("a body of {sent} bytes where {announced} were announced")]
    BodyTooLong { sent: u64, announced: u64 },
    #[error("method {class}.{method} is cut short")]
    MethodCutShort { class: u16, method: u16 },
    #[error("a method frame without a method")]
    NoMethod,
    #[error("a content header that is cut short")]
    HeaderCutShort,
    #[error("content on channel 0")]
    ContentOnChannelZero,
    #[error("method {class}.{method} does not belong on channel {channel}")]
    WrongChannel {
        class: u16,
        method: u16,
        channel: u16,
    },
    #[error("channel {channel}, and {limit} is the highest agreed")]
    ChannelTooHigh { channel: u16, limit: u16 },
    #[error("a {got:?} frame on channel {channel} where {expected} is due")]
    OutOfPlace {
        got: Kind,
        channel: u16,
        expected: &'static str,
    },
    #[error("more than {limit} {what} on channel {channel}")]
    TooMany {
        what: &'static str,
        channel: u16,
        limit: usize,
    },
}

impl Malformed {
    /// The reply code of `connection.close`; none where the specification answers with
    /// a protocol header instead.
    pub fn close_code(&self) -> Option<u16> {
        let error = match self {
            Self::ProtocolHeader => return None,
            Self::FrameType(_)
            | Self::FrameTooLarge { .. }
            | Self::FrameEnd(_)
            | Self::BodyTooLong { .. } => AMQPHardError::FRAMEERROR,
            Self::MethodCutShort { .. } | Self::NoMethod | Self::HeaderCutShort => {
                AMQPHardError::SYNTAXERROR
            }
            Self::ContentOnChannelZero | Self::WrongChannel { .. } => AMQPHardError::COMMANDINVALID,
            Self::ChannelTooHigh { .. } => AMQPHardError::CHANNELERROR,
            Self::OutOfPlace { .. } => AMQPHardError::UNEXPECTEDFRAME,
            Self::TooMany { .. } => AMQPHardError::RESOURCEERROR,
        };
        Some(error.get_id())
    }
}
