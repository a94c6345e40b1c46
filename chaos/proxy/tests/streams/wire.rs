//! A connection without sockets: what one side says, and what the other then hears.

use crate::traffic::{
    Feed, channel_open, channel_open_ok, confirm_select, consume, joined, method, start_ok,
    tune_ok, unit,
};
use amq_protocol::protocol::{AMQPClass, basic, channel, connection};
use amqp_proxy::{
    Fault, Faults, Lease, Receipt, Receipts, Rule, Selector,
    frame::PROTOCOL_HEADER,
    session::{Outgoing, Session, Side},
};
use std::time::Duration;
use tokio::{sync::mpsc, time::Instant};

/// Longer than any test: a fault that ends before was ended.
pub const HOUR: Duration = Duration::from_secs(3600);

pub struct Wire {
    pub faults: Faults,
    receipts: mpsc::Receiver<Receipt>,
    pub session: Session,
    client: Feed,
    broker: Feed,
}

impl Wire {
    /// Connected by a client called "orders" that takes whatever a broker may send, with
    /// channel 1 open.
    pub fn open() -> Self {
        Self::open_by(&["consumer_cancel_notify", "connection.blocked"])
    }

    pub fn open_by(capabilities: &[&str]) -> Self {
        let (sender, receipts) = Receipts::channel(100_000);
        let faults = Faults::new(sender);
        let mut wire = Self {
            session: Session::new(faults.clone()),
            faults,
            receipts,
            client: Feed::new(Side::Client),
            broker: Feed::new(Side::Broker),
        };
        let said = [
            PROTOCOL_HEADER.to_vec(),
            start_ok("orders", capabilities),
            method(0, tune_ok(0, 131_072)),
        ];
        wire.client_says(&said.concat());
        let open_ok = connection::AMQPMethod::OpenOk(connection::OpenOk {});
        wire.broker_says(&method(0, AMQPClass::Connection(open_ok)));
        wire.open_channel(1);
        wire
    }

    pub fn open_channel(&mut self, id: u16) {
        let (open, open_ok) = (channel_open(id), channel_open_ok(id));
        assert_eq!(self.client_says(&open), (open, vec![]));
        let (broker, client) = self.broker_says(&open_ok);
        assert!(broker.is_empty() || !client.is_empty());
    }

    pub fn in_confirm_mode() -> Self {
        let mut wire = Self::open();
        wire.client_says(&method(1, confirm_select()));
        wire
    }

    /// A consumer on channel 1.
    pub fn consume(&mut self, queue: &str, tag: &str) {
        let (ask, answer) = consume(1, queue, tag);
        assert_eq!(self.client_says(&ask), (ask, vec![]));
        self.broker_says(&answer);
    }

    pub fn arm(&self, fault: Fault, which: Selector) -> Lease {
        let rule = Rule {
            name: "a fault".into(),
            seed: 7,
            which,
            fault,
        };
        self.faults.arm(rule, HOUR)
    }

    /// What then leaves: to the broker, and to the client.
    pub fn client_says(&mut self, octets: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut out = Outgoing::default();
        (self.client.take(&mut self.session, octets, &mut out)).expect("well-formed");
        left(&out)
    }

    /// Whether it ends the connection.
    pub fn client_is_refused(&mut self, octets: &[u8]) -> bool {
        let mut out = Outgoing::default();
        let taken = self.client.take(&mut self.session, octets, &mut out);
        taken.is_err()
    }

    pub fn broker_says(&mut self, octets: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut out = Outgoing::default();
        (self.broker.take(&mut self.session, octets, &mut out)).expect("well-formed");
        left(&out)
    }

    /// What leaves because time has passed or a rule has changed.
    pub fn release(&mut self, later: Duration) -> (Vec<u8>, Vec<u8>) {
        let mut out = Outgoing::default();
        self.session.release(Instant::now() + later, &mut out);
        left(&out)
    }

    pub fn receipts(&mut self) -> Vec<Receipt> {
        std::iter::from_fn(|| self.receipts.try_recv().ok()).collect()
    }

    /// The ids of the messages that were touched.
    pub fn touched(&mut self) -> Vec<String> {
        (self.receipts().into_iter())
            .filter_map(|receipt| receipt.message_id)
            .collect()
    }
}

fn left(out: &Outgoing) -> (Vec<u8>, Vec<u8>) {
    (joined(&out.broker).to_vec(), joined(&out.client).to_vec())
}

pub fn only(id: &str) -> Selector {
    Selector {
        message_id: Some(id.into()),
        ..Selector::default()
    }
}

pub fn channel_close(id: u16) -> Vec<u8> {
    let close = channel::AMQPMethod::Close(channel::Close::default());
    method(id, AMQPClass::Channel(close))
}

pub fn channel_close_ok(id: u16) -> Vec<u8> {
    method(
        id,
        AMQPClass::Channel(channel::AMQPMethod::CloseOk(channel::CloseOk {})),
    )
}

pub fn publish(id: &str) -> Vec<u8> {
    unit(1, crate::traffic::publish("e", "k"), id, b"the body", 3).concat()
}

pub fn deliver(consumer: &str, tag: u64, id: &str) -> Vec<u8> {
    let deliver = crate::traffic::deliver(consumer, tag, "e", "k");
    unit(1, deliver, id, b"the body", 3).concat()
}

pub fn ack(tag: u64, multiple: bool) -> Vec<u8> {
    method(1, crate::traffic::ack(tag, multiple))
}

pub fn nack(tag: u64) -> Vec<u8> {
    let nack = basic::AMQPMethod::Nack(basic::Nack {
        delivery_tag: tag,
        ..basic::Nack::default()
    });
    method(1, AMQPClass::Basic(nack))
}
