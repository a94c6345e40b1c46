//! Random streams of valid frames, written by amq-protocol.

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame, WriteContext, gen_frame},
    protocol::{AMQPClass, BasicProperties, basic, channel, confirm, connection, queue},
    types::{AMQPValue, FieldTable},
};
use amqp_proxy::{
    frame::{Malformed, Piece, Splitter},
    session::{Outgoing, Session, Side},
};
use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use tokio::time::Instant;

pub fn octets(frame: &AMQPFrame) -> Vec<u8> {
    let context = WriteContext::from(Vec::new());
    gen_frame(frame)(context).expect("a frame").into_inner().0
}

pub fn method(channel: u16, class: AMQPClass) -> Vec<u8> {
    octets(&AMQPFrame::Method(channel, class))
}

pub fn publish(exchange: &str, key: &str) -> AMQPClass {
    AMQPClass::Basic(basic::AMQPMethod::Publish(basic::Publish {
        exchange: exchange.into(),
        routing_key: key.into(),
        mandatory: true,
        immediate: false,
    }))
}

pub fn deliver(consumer: &str, tag: u64, exchange: &str, key: &str) -> AMQPClass {
    AMQPClass::Basic(basic::AMQPMethod::Deliver(basic::Deliver {
        consumer_tag: consumer.into(),
        delivery_tag: tag,
        redelivered: false,
        exchange: exchange.into(),
        routing_key: key.into(),
    }))
}

pub fn ack(tag: u64, multiple: bool) -> AMQPClass {
    AMQPClass::Basic(basic::AMQPMethod::Ack(basic::Ack {
        delivery_tag: tag,
        multiple,
    }))
}

pub fn confirm_select() -> AMQPClass {
    AMQPClass::Confirm(confirm::AMQPMethod::Select(confirm::Select {
        nowait: false,
    }))
}

pub fn tune_ok(channel_max: u16, frame_max: u32) -> AMQPClass {
    AMQPClass::Connection(connection::AMQPMethod::TuneOk(connection::TuneOk {
        channel_max,
        frame_max,
        heartbeat: 60,
    }))
}

pub fn start_ok(name: &str, capabilities: &[&str]) -> Vec<u8> {
    let mut able = FieldTable::default();
    for capability in capabilities {
        able.insert((*capability).into(), AMQPValue::Boolean(true));
    }
    let mut properties = FieldTable::default();
    properties.insert("product".into(), AMQPValue::LongString("tests".into()));
    properties.insert("capabilities".into(), AMQPValue::FieldTable(able));
    properties.insert("connection_name".into(), AMQPValue::LongString(name.into()));
    let start_ok = connection::StartOk {
        client_properties: properties,
        ..connection::StartOk::default()
    };
    let class = AMQPClass::Connection(connection::AMQPMethod::StartOk(start_ok));
    method(0, class)
}

pub fn channel_open(id: u16) -> Vec<u8> {
    method(
        id,
        AMQPClass::Channel(channel::AMQPMethod::Open(channel::Open {})),
    )
}

pub fn channel_open_ok(id: u16) -> Vec<u8> {
    method(
        id,
        AMQPClass::Channel(channel::AMQPMethod::OpenOk(channel::OpenOk {})),
    )
}

/// Asked and answered.
pub fn consume(channel: u16, queue: &str, tag: &str) -> (Vec<u8>, Vec<u8>) {
    let ask = basic::AMQPMethod::Consume(basic::Consume {
        queue: queue.into(),
        consumer_tag: tag.into(),
        ..basic::Consume::default()
    });
    let answer = basic::AMQPMethod::ConsumeOk(basic::ConsumeOk {
        consumer_tag: tag.into(),
    });
    (
        method(channel, AMQPClass::Basic(ask)),
        method(channel, AMQPClass::Basic(answer)),
    )
}

/// How a connection begins, as each side says it: a client called "orders", and a consumer on
/// each of four channels.
pub fn opening() -> (Vec<u8>, Vec<u8>) {
    let open_ok = connection::AMQPMethod::OpenOk(connection::OpenOk {});
    let mut client = start_ok("orders", &["consumer_cancel_notify", "connection.blocked"]);
    client.extend(method(0, tune_ok(0, 131_072)));
    let mut broker = method(0, AMQPClass::Connection(open_ok));
    for channel in 1..5 {
        let (ask, answer) = consume(channel, "q", "consumer");
        client.extend([channel_open(channel), ask].concat());
        broker.extend([channel_open_ok(channel), answer].concat());
    }
    (client, broker)
}

/// A unit's frames: the method, the header, and the body in pieces of `piece` octets.
pub fn unit(
    channel: u16,
    class: AMQPClass,
    message_id: &str,
    body: &[u8],
    piece: usize,
) -> Vec<Vec<u8>> {
    let mut headers = FieldTable::default();
    headers.insert(
        "nested".into(),
        AMQPValue::FieldTable(FieldTable::default()),
    );
    let header = AMQPContentHeader {
        class_id: 60,
        body_size: body.len() as u64,
        properties: BasicProperties::default()
            .with_content_type("text/plain".into())
            .with_headers(headers)
            .with_delivery_mode(2)
            .with_correlation_id("c".into())
            .with_message_id(message_id.into()),
    };
    let mut frames = vec![
        method(channel, class),
        octets(&AMQPFrame::Header(channel, header)),
    ];
    let bodies = body.chunks(piece);
    frames.extend(bodies.map(|piece| octets(&AMQPFrame::Body(channel, piece.to_vec()))));
    frames
}

/// What one channel sends in one go: a method alone, or a whole unit.
fn burst(channel: u16, from: Side) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let content = (
        "[a-c]{0,3}",
        "[a-c.]{0,5}",
        "[0-9]{0,4}",
        proptest::collection::vec(any::<u8>(), 0..200),
        1..64_usize,
        1..20_u64,
    );
    prop_oneof![
        4 => content.prop_map(move |(exchange, key, id, body, piece, tag)| {
            let class = match from {
                Side::Client => publish(&exchange, &key),
                Side::Broker => deliver("consumer", tag, &exchange, &key),
            };
            unit(channel, class, &id, &body, piece)
        }),
        3 => (0..20_u64, any::<bool>())
            .prop_map(move |(tag, multiple)| vec![method(channel, ack(tag, multiple))]),
        1 => Just(vec![method(channel, match from {
            Side::Client => confirm_select(),
            Side::Broker => AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(confirm::SelectOk {})),
        })]),
        1 => Just(vec![method(channel, match from {
            Side::Client => AMQPClass::Queue(queue::AMQPMethod::Declare(queue::Declare::default())),
            Side::Broker => AMQPClass::Queue(queue::AMQPMethod::DeclareOk(queue::DeclareOk {
                queue: "q".into(), message_count: 0, consumer_count: 0,
            })),
        })]),
        1 => Just(vec![method(channel, AMQPClass::Channel(
            channel::AMQPMethod::Open(channel::Open {})))]),
        1 => Just(vec![method(channel, AMQPClass::Channel(
            channel::AMQPMethod::CloseOk(channel::CloseOk {})))]),
        // A method that no specification knows.
        1 => proptest::collection::vec(any::<u8>(), 0..20).prop_map(move |arguments| {
            let mut frame = vec![1];
            frame.extend(channel.to_be_bytes());
            frame.extend((4 + arguments.len() as u32).to_be_bytes());
            frame.extend([0, 200, 0, 7]);
            frame.extend(arguments);
            frame.push(0xce);
            vec![frame]
        }),
    ]
}

/// Frames of up to four channels and heartbeats, mixed as a connection mixes them.
pub fn stream(from: Side) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let lanes = (1..5_u16)
        .map(|channel| {
            proptest::collection::vec(burst(channel, from), 0..8).prop_map(|all| all.concat())
        })
        .collect::<Vec<_>>();
    let heartbeats = (0..3_usize).prop_map(|count| vec![octets(&AMQPFrame::Heartbeat); count]);
    (
        lanes,
        heartbeats,
        proptest::collection::vec(any::<proptest::sample::Index>(), 0..400),
    )
        .prop_map(|(mut lanes, heartbeats, order)| {
            lanes.push(heartbeats);
            let mut lanes: Vec<_> = lanes.into_iter().map(Vec::into_iter).collect();
            let mut mixed = Vec::new();
            for pick in order {
                let lane = pick.index(lanes.len());
                mixed.extend(lanes[lane].next());
            }
            mixed.extend(lanes.into_iter().flatten());
            mixed
        })
}

/// Octets cut at random places.
pub fn cut(octets: &[u8], places: &[proptest::sample::Index]) -> Vec<Vec<u8>> {
    let mut places: Vec<usize> = places.iter().map(|at| at.index(octets.len() + 1)).collect();
    places.extend([0, octets.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|piece| octets[piece[0]..piece[1]].to_vec())
        .collect()
}

/// One side of a session, fed with octets as a socket would.
pub struct Feed {
    pub from: Side,
    splitter: Splitter,
}

impl Feed {
    /// `from` a client, the protocol header is still to come.
    pub fn new(from: Side) -> Self {
        let splitter = match from {
            Side::Client => Splitter::of_client(),
            Side::Broker => Splitter::of_broker(),
        };
        Self { from, splitter }
    }

    pub fn take(
        &mut self,
        session: &mut Session,
        octets: &[u8],
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        self.splitter.buffer().extend_from_slice(octets);
        while let Some(piece) = self.splitter.next(session.frame_max())? {
            match piece {
                Piece::ProtocolHeader(header) => out.to(self.from.other()).push(header),
                Piece::Frame(frame) => session.take(self.from, frame, Instant::now(), out)?,
            }
        }
        Ok(())
    }

    pub fn unfinished(&self) -> usize {
        self.splitter.unfinished()
    }
}

pub fn joined(octets: &[Bytes]) -> BytesMut {
    octets.iter().flatten().copied().collect()
}
