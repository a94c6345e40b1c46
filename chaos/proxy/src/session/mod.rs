//! One connection without its sockets: a frame comes from one side, octets go to both.
//!
//! ```text
//!            ┌───────────────────── Session ─────────────────────┐
//! client ──> │ Channel: unit ─> rules ─> confirms ─> lane ────── │ ──> broker
//!        <── │ ────── lane <─ deliveries <─ rules <─ unit        │ <──
//!            └───────────────────────────────────────────────────┘
//! ```
//!
//! - [`channel`]: what one channel remembers and what becomes of its frames.
//! - [`client`]: what the client says of itself.
//! - [`way`]: one direction of a channel: the unit that gathers, the lane that leaves.
//! - [`publishing`], [`delivering`]: faults and tags, towards the broker and from it.

mod channel;
mod client;
mod delivering;
mod publishing;
mod way;

use crate::{
    faults::Faults,
    frame::{Frame, Kind, Malformed},
    lane::Budget,
    method::{Method, check_channel},
};
use bytes::Bytes;
use channel::Channel;
use client::Client;
use std::collections::{BTreeSet, HashMap};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Client,
    Broker,
}

impl Side {
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Broker,
            Self::Broker => Self::Client,
        }
    }
}

/// What leaves the proxy, in order, for each side.
#[derive(Debug, Default)]
pub struct Outgoing {
    pub client: Vec<Bytes>,
    pub broker: Vec<Bytes>,
}

impl Outgoing {
    pub fn to(&mut self, side: Side) -> &mut Vec<Bytes> {
        match side {
            Side::Client => &mut self.client,
            Side::Broker => &mut self.broker,
        }
    }
}

/// Before anything is agreed: RabbitMQ's own default, above what any handshake needs.
const FRAME_MAX_FIRST: usize = 131_072;
/// Where both sides agree on no limit. Memory has one: the largest message that RabbitMQ 4 takes.
const FRAME_MAX_UNLIMITED: usize = 16 * 1024 * 1024;

#[derive(Debug)]
pub struct Session {
    faults: Faults,
    client: Client,
    channels: HashMap<u16, Channel>,
    /// Lanes that something waits in, by the side it came from.
    waiting: BTreeSet<(u16, Side)>,
    budget: Budget,
    frame_max: usize,
    channel_max: u16,
    tuned: bool,
}

/// What a channel reaches beyond itself.
struct Around<'a> {
    faults: &'a Faults,
    client: &'a Client,
    budget: &'a mut Budget,
    out: &'a mut Outgoing,
    now: Instant,
}

impl Session {
    pub fn new(faults: Faults) -> Self {
        Self {
            faults,
            client: Client::default(),
            channels: HashMap::new(),
            waiting: BTreeSet::new(),
            budget: Budget::default(),
            frame_max: FRAME_MAX_FIRST,
            channel_max: u16::MAX,
            tuned: false,
        }
    }

    /// In octets of a whole frame, for both directions.
    pub fn frame_max(&self) -> usize {
        self.frame_max
    }

    /// The handshake has come so far that an error is answered with `connection.close`.
    pub fn takes_close(&self) -> bool {
        self.tuned
    }

    /// Takes the next frame from one side.
    pub fn take(
        &mut self,
        from: Side,
        frame: Frame,
        now: Instant,
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        if frame.kind() == Kind::Method {
            check_channel(frame.payload(), frame.channel())?;
        }
        match (frame.channel(), frame.kind()) {
            (_, Kind::Heartbeat) => out.to(from.other()).push(frame.into_raw()),
            (0, Kind::Method) => self.take_connection_method(from, frame, out)?,
            (0, Kind::Header | Kind::Body) => return Err(Malformed::ContentOnChannelZero),
            (id, Kind::Method | Kind::Header | Kind::Body) => {
                if id > self.channel_max {
                    return Err(Malformed::ChannelTooHigh {
                        channel: id,
                        limit: self.channel_max,
                    });
                }
                self.take_channel_frame(from, id, frame, now, out)?;
            }
        }
        Ok(())
    }

    fn take_channel_frame(
        &mut self,
        from: Side,
        id: u16,
        frame: Frame,
        now: Instant,
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        let channel = self.channels.entry(id).or_insert_with(|| Channel::new(id));
        let mut around = Around {
            faults: &self.faults,
            client: &self.client,
            budget: &mut self.budget,
            out,
            now,
        };
        channel.take(from, frame, &mut around)?;
        for side in [Side::Client, Side::Broker] {
            match channel.way(side).lane.is_empty() {
                true => self.waiting.remove(&(id, side)),
                false => self.waiting.insert((id, side)),
            };
        }
        if channel.is_blank() {
            self.channels.remove(&id);
        }
        Ok(())
    }

    fn take_connection_method(
        &mut self,
        from: Side,
        frame: Frame,
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        match Method::parse(frame.payload())? {
            Method::StartOk { properties } if from == Side::Client => {
                self.client = Client::learn(properties);
            }
            Method::TuneOk {
                channel_max,
                frame_max,
            } => {
                self.tuned = true;
                // Zero is no limit.
                self.channel_max = match channel_max {
                    0 => u16::MAX,
                    agreed => agreed,
                };
                self.frame_max = match usize::try_from(frame_max) {
                    Ok(0) | Err(_) => FRAME_MAX_UNLIMITED,
                    Ok(agreed) => agreed.min(FRAME_MAX_UNLIMITED),
                };
            }
            // What its sender said before comes before.
            Method::ConnectionClose => self.flush(from, out),
            _ => {}
        }
        out.to(from.other()).push(frame.into_raw());
        Ok(())
    }

    /// Something waits for [`Session::release`].
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Lets go what is due; when to ask again.
    pub fn release(&mut self, now: Instant, out: &mut Outgoing) -> Option<Instant> {
        let mut next: Option<Instant> = None;
        let (channels, budget) = (&mut self.channels, &mut self.budget);
        self.waiting.retain(|(id, side)| {
            let Some(channel) = channels.get_mut(id) else {
                return false;
            };
            let lane = &mut channel.way_mut(*side).lane;
            let cost = lane.cost();
            let again = lane.release(now, out.to(side.other()));
            budget.refund(cost - lane.cost());
            next = next.into_iter().chain(again).min();
            again.is_some()
        });
        next
    }

    /// Lets go everything that came from one side: it says nothing more.
    pub fn flush(&mut self, from: Side, out: &mut Outgoing) {
        let (channels, budget) = (&mut self.channels, &mut self.budget);
        self.waiting.retain(|(id, side)| {
            if *side != from {
                return true;
            }
            if let Some(channel) = channels.get_mut(id) {
                let lane = &mut channel.way_mut(from).lane;
                budget.refund(lane.cost());
                lane.flush(out.to(from.other()));
            }
            false
        });
    }
}
