//! The methods that a proxy has to understand; all others are [`Method::Other`] and pass.

use crate::frame::{Fields, Malformed};

/// The arguments that matter, borrowed from the frame. Names are octets, as brokers compare them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method<'a> {
    /// With the table of client properties, unread.
    StartOk {
        properties: &'a [u8],
    },
    TuneOk {
        channel_max: u16,
        frame_max: u32,
    },
    ConnectionOpenOk,
    ConnectionClose,
    ConnectionCloseOk,
    ChannelOpenOk,
    ChannelClose,
    ChannelCloseOk,
    QueueDeclare {
        queue: &'a [u8],
        nowait: bool,
    },
    QueueDeclareOk {
        queue: &'a [u8],
    },
    Consume {
        queue: &'a [u8],
        consumer_tag: &'a [u8],
        no_ack: bool,
        nowait: bool,
    },
    ConsumeOk {
        consumer_tag: &'a [u8],
    },
    Cancel {
        consumer_tag: &'a [u8],
        nowait: bool,
    },
    CancelOk {
        consumer_tag: &'a [u8],
    },
    Publish(Publish<'a>),
    Return,
    Deliver(Deliver<'a>),
    Get {
        queue: &'a [u8],
        no_ack: bool,
    },
    GetOk(Deliver<'a>),
    GetEmpty,
    /// From a broker a confirm, from a client an acknowledgement.
    Ack(Tag),
    Nack(Tag),
    Reject(Tag),
    RecoverOk,
    ConfirmSelect,
    Other {
        class: u16,
        method: u16,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    pub exchange: &'a [u8],
    pub routing_key: &'a [u8],
    pub flags: u8,
    /// Where in the payload the flags stand.
    pub flags_at: usize,
}

/// `basic.publish`: return what cannot be routed.
pub const MANDATORY: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deliver<'a> {
    /// Empty for `basic.get-ok`, which answers no consumer.
    pub consumer_tag: &'a [u8],
    pub delivery_tag: u64,
    /// Where in the payload the delivery tag stands.
    pub tag_at: usize,
    pub exchange: &'a [u8],
    pub routing_key: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    pub tag: u64,
    pub multiple: bool,
    pub requeue: bool,
}

pub(crate) const CONNECTION: u16 = 10;
pub(crate) const CHANNEL: u16 = 20;
const EXCHANGE: u16 = 40;
const QUEUE: u16 = 50;
pub(crate) const BASIC: u16 = 60;
const CONFIRM: u16 = 85;
const TRANSACTION: u16 = 90;

impl<'a> Method<'a> {
    pub fn parse(payload: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(payload);
        let (Some(class), Some(method)) = (fields.short(), fields.short()) else {
            return Err(Malformed::NoMethod);
        };
        arguments(class, method, &mut fields).ok_or(Malformed::MethodCutShort { class, method })
    }

    /// Content frames follow.
    pub fn carries_content(&self) -> bool {
        matches!(
            self,
            Self::Publish(_) | Self::Return | Self::Deliver(_) | Self::GetOk(_)
        )
    }
}

/// Connections are spoken about on channel 0, everything else on the others. What is not
/// of the specification is nobody's business here.
pub fn check_channel(payload: &[u8], channel: u16) -> Result<(), Malformed> {
    let mut fields = Fields::new(payload);
    let (Some(class), Some(method)) = (fields.short(), fields.short()) else {
        return Err(Malformed::NoMethod);
    };
    let fits = match class {
        CONNECTION => channel == 0,
        CHANNEL | EXCHANGE | QUEUE | BASIC | CONFIRM | TRANSACTION => channel != 0,
        _ => true,
    };
    match fits {
        true => Ok(()),
        false => Err(Malformed::WrongChannel {
            class,
            method,
            channel,
        }),
    }
}

fn arguments<'a>(class: u16, method: u16, fields: &mut Fields<'a>) -> Option<Method<'a>> {
    Some(match (class, method) {
        (CONNECTION, 11) => Method::StartOk {
            properties: fields.long_string()?,
        },
        (CONNECTION, 31) => Method::TuneOk {
            channel_max: fields.short()?,
            frame_max: fields.long()?,
        },
        (CONNECTION, 41) => Method::ConnectionOpenOk,
        (CONNECTION, 50) => Method::ConnectionClose,
        (CONNECTION, 51) => Method::ConnectionCloseOk,
        (CHANNEL, 11) => Method::ChannelOpenOk,
        (CHANNEL, 40) => Method::ChannelClose,
        (CHANNEL, 41) => Method::ChannelCloseOk,
        (QUEUE, 10) => {
            fields.short()?;
            Method::QueueDeclare {
                queue: fields.short_string()?,
                nowait: bit(fields.octet()?, 4),
            }
        }
        (QUEUE, 11) => Method::QueueDeclareOk {
            queue: fields.short_string()?,
        },
        (CONFIRM, 10) => Method::ConfirmSelect,
        (BASIC, method) => return basic(method, fields),
        _ => Method::Other { class, method },
    })
}

fn basic<'a>(method: u16, fields: &mut Fields<'a>) -> Option<Method<'a>> {
    Some(match method {
        20 => {
            fields.short()?;
            let queue = fields.short_string()?;
            let consumer_tag = fields.short_string()?;
            let flags = fields.octet()?;
            Method::Consume {
                queue,
                consumer_tag,
                no_ack: bit(flags, 1),
                nowait: bit(flags, 3),
            }
        }
        21 => Method::ConsumeOk {
            consumer_tag: fields.short_string()?,
        },
        30 => Method::Cancel {
            consumer_tag: fields.short_string()?,
            nowait: bit(fields.octet()?, 0),
        },
        31 => Method::CancelOk {
            consumer_tag: fields.short_string()?,
        },
        40 => {
            fields.short()?;
            let exchange = fields.short_string()?;
            let routing_key = fields.short_string()?;
            Method::Publish(Publish {
                exchange,
                routing_key,
                flags_at: fields.position(),
                flags: fields.octet()?,
            })
        }
        50 => Method::Return,
        60 => {
            let consumer_tag = fields.short_string()?;
            Method::Deliver(delivered(consumer_tag, fields)?)
        }
        70 => {
            fields.short()?;
            Method::Get {
                queue: fields.short_string()?,
                no_ack: bit(fields.octet()?, 0),
            }
        }
        71 => Method::GetOk(delivered(b"", fields)?),
        72 => Method::GetEmpty,
        80 => Method::Ack(tag(fields, Some(0), None)?),
        90 => Method::Reject(tag(fields, None, Some(0))?),
        111 => Method::RecoverOk,
        120 => Method::Nack(tag(fields, Some(0), Some(1))?),
        method => Method::Other {
            class: BASIC,
            method,
        },
    })
}

fn delivered<'a>(consumer_tag: &'a [u8], fields: &mut Fields<'a>) -> Option<Deliver<'a>> {
    let tag_at = fields.position();
    let delivery_tag = fields.long_long()?;
    let _redelivered = fields.octet()?;
    Some(Deliver {
        consumer_tag,
        delivery_tag,
        tag_at,
        exchange: fields.short_string()?,
        routing_key: fields.short_string()?,
    })
}

fn tag(fields: &mut Fields<'_>, multiple: Option<u8>, requeue: Option<u8>) -> Option<Tag> {
    let tag = fields.long_long()?;
    let flags = fields.octet()?;
    Some(Tag {
        tag,
        multiple: multiple.is_some_and(|at| bit(flags, at)),
        requeue: requeue.is_some_and(|at| bit(flags, at)),
    })
}

fn bit(flags: u8, at: u8) -> bool {
    flags >> at & 1 == 1
}
