//! Frames of the proxy's own.

use crate::{
    frame::OVERHEAD_BYTES,
    method::{BASIC, CHANNEL, CONNECTION, Tag},
};
use amq_protocol::protocol::{AMQPSoftError, constants};
use bytes::{BufMut, Bytes, BytesMut};

pub fn ack(channel: u16, tag: u64, multiple: bool) -> Bytes {
    settlement(channel, 80, tag, u8::from(multiple))
}

pub fn nack(channel: u16, tag: Tag) -> Bytes {
    let flags = u8::from(tag.multiple) | u8::from(tag.requeue) << 1;
    settlement(channel, 120, tag.tag, flags)
}

pub fn reject(channel: u16, tag: u64, requeue: bool) -> Bytes {
    settlement(channel, 90, tag, u8::from(requeue))
}

/// `connection.close`, caused by no method in particular.
pub fn connection_close(code: u16, text: &str) -> Bytes {
    let mut arguments = BytesMut::with_capacity(7 + text.len());
    arguments.put_u16(code);
    put_short_string(&mut arguments, text.as_bytes());
    arguments.put_u32(0);
    method(0, CONNECTION, 50, &arguments)
}

pub fn connection_close_ok() -> Bytes {
    method(0, CONNECTION, 51, &[])
}

pub fn blocked(reason: &str) -> Bytes {
    let mut arguments = BytesMut::with_capacity(1 + reason.len());
    put_short_string(&mut arguments, reason.as_bytes());
    method(0, CONNECTION, 60, &arguments)
}

pub fn unblocked() -> Bytes {
    method(0, CONNECTION, 61, &[])
}

/// `channel.close`, caused by no method in particular.
pub fn channel_close(channel: u16, code: u16, text: &str) -> Bytes {
    let mut arguments = BytesMut::with_capacity(7 + text.len());
    arguments.put_u16(code);
    put_short_string(&mut arguments, text.as_bytes());
    arguments.put_u32(0);
    method(channel, CHANNEL, 40, &arguments)
}

pub fn channel_close_ok(channel: u16) -> Bytes {
    method(channel, CHANNEL, 41, &[])
}

/// `basic.cancel`, without an answer.
pub fn cancel(channel: u16, consumer_tag: &[u8]) -> Bytes {
    let mut arguments = BytesMut::with_capacity(2 + consumer_tag.len());
    put_short_string(&mut arguments, consumer_tag);
    arguments.put_u8(1);
    method(channel, BASIC, 30, &arguments)
}

pub fn heartbeat() -> Bytes {
    Bytes::from_static(&[
        constants::FRAME_HEARTBEAT,
        0,
        0,
        0,
        0,
        0,
        0,
        constants::FRAME_END,
    ])
}

/// `basic.return`: no queue wanted it.
pub fn no_route(channel: u16, exchange: &[u8], routing_key: &[u8]) -> Bytes {
    const TEXT: &[u8] = b"NO_ROUTE";
    let mut arguments =
        BytesMut::with_capacity(5 + TEXT.len() + exchange.len() + routing_key.len());
    arguments.put_u16(AMQPSoftError::NOROUTE.get_id());
    for text in [TEXT, exchange, routing_key] {
        put_short_string(&mut arguments, text);
    }
    method(channel, BASIC, 50, &arguments)
}

/// Cut where the length has no room for more.
fn put_short_string(to: &mut BytesMut, text: &[u8]) {
    let text = &text[..text.len().min(usize::from(u8::MAX))];
    to.put_u8(text.len() as u8);
    to.put_slice(text);
}

fn settlement(channel: u16, id: u16, tag: u64, flags: u8) -> Bytes {
    let mut arguments = [0; 9];
    arguments[..8].copy_from_slice(&tag.to_be_bytes());
    arguments[8] = flags;
    method(channel, BASIC, id, &arguments)
}

fn method(channel: u16, class: u16, id: u16, arguments: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(OVERHEAD_BYTES + 4 + arguments.len());
    frame.put_u8(constants::FRAME_METHOD);
    frame.put_u16(channel);
    frame.put_u32(4 + arguments.len() as u32);
    frame.put_u16(class);
    frame.put_u16(id);
    frame.put_slice(arguments);
    frame.put_u8(constants::FRAME_END);
    frame.freeze()
}
