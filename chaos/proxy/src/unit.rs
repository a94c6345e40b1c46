//! The content unit: method, header and body frames of one channel belong together.
//!
//! ```text
//! publish  header(body size)  body  body ... until the size is reached
//! └ Opens  └ Within ...                └ Completes
//! ```
//!
//! Frames of other channels come in between as they like, so this follows one channel in
//! one direction.

use crate::{
    frame::{Fields, Frame, Kind, Malformed},
    method::Method,
};

/// What a frame is to the unit it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A method without content.
    Alone,
    Opens,
    Within,
    Completes,
    /// The channel closes in the middle of a unit, which therefore never becomes whole.
    Aborts,
}

/// How far the current unit has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    #[default]
    Between,
    HeaderDue,
    BodyDue {
        left: u64,
        announced: u64,
    },
}

impl Progress {
    /// Takes the next frame of the channel. `method` is the frame's, if it is a method frame.
    pub fn follow(
        &mut self,
        frame: &Frame,
        method: Option<&Method<'_>>,
    ) -> Result<Place, Malformed> {
        let (next, place) = match (*self, method, frame.kind()) {
            (Self::Between, Some(method), _) if method.carries_content() => {
                (Self::HeaderDue, Place::Opens)
            }
            (Self::Between, Some(_), _) => (Self::Between, Place::Alone),
            (Self::HeaderDue | Self::BodyDue { .. }, Some(method), _) if closes(method) => {
                (Self::Between, Place::Aborts)
            }
            (Self::HeaderDue, None, Kind::Header) => match body_size(frame.payload())? {
                0 => (Self::Between, Place::Completes),
                announced => (
                    Self::BodyDue {
                        left: announced,
                        announced,
                    },
                    Place::Within,
                ),
            },
            (Self::BodyDue { left, announced }, None, Kind::Body) => {
                let sent = frame.payload().len() as u64;
                match left.checked_sub(sent) {
                    Some(0) => (Self::Between, Place::Completes),
                    Some(left) => (Self::BodyDue { left, announced }, Place::Within),
                    None => {
                        let sent = announced - left + sent;
                        return Err(Malformed::BodyTooLong { sent, announced });
                    }
                }
            }
            (now, _, got) => {
                return Err(Malformed::OutOfPlace {
                    got,
                    channel: frame.channel(),
                    expected: now.due(),
                });
            }
        };
        *self = next;
        Ok(place)
    }

    fn due(self) -> &'static str {
        match self {
            Self::Between => "a method",
            Self::HeaderDue => "a content header",
            Self::BodyDue { .. } => "a body",
        }
    }
}

fn closes(method: &Method<'_>) -> bool {
    matches!(method, Method::ChannelClose | Method::ChannelCloseOk)
}

/// Class, weight, then the size of the body.
fn body_size(header: &[u8]) -> Result<u64, Malformed> {
    let mut fields = Fields::new(header);
    let mut read = || {
        fields.short()?;
        fields.short()?;
        fields.long_long()
    };
    read().ok_or(Malformed::HeaderCutShort)
}
