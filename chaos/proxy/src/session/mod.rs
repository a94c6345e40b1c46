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
//! - [`publishing`], [`delivering`]: faults and tags, towards the broker and from it. [`shelving`]: messages
//!   set aside.
//! - [`events`]: what a broker says unasked; [`ending`]: channels and consumers ended by it.

mod channel;
mod client;
mod delivering;
mod ending;
mod events;
mod publishing;
mod shelving;
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
use events::Events;
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

/// A remembered tag: a slot, or a place in a set.
const TAG_BYTES: usize = 16;

#[derive(Debug)]
pub struct Session {
    faults: Faults,
    client: Client,
    events: Events,
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
            events: Events::default(),
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
        if self.take_after_close(from, &frame, out) {
            return Ok(());
        }
        if frame.kind() == Kind::Method {
            check_channel(frame.payload(), frame.channel())?;
        }
        match (frame.channel(), frame.kind()) {
            (_, Kind::Heartbeat) => {
                self.beat_for_client(from, out);
                out.to(from.other()).push(frame.into_raw());
            }
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
        match self.events.stale {
            true => self.work_events(now, out),
            false => Ok(()),
        }
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
        self.events.stale |= std::mem::take(&mut channel.changed);
        for side in [Side::Client, Side::Broker] {
            match channel.way(side).is_waiting() {
                true => self.waiting.insert((id, side)),
                false => self.waiting.remove(&(id, side)),
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
            Method::ConnectionOpenOk if from == Side::Broker => {
                self.events.opened = true;
                self.events.stale = true;
            }
            // What its sender said before comes before.
            Method::ConnectionClose => {
                self.events.opened = false;
                self.flush(from, out);
            }
            _ => {}
        }
        out.to(from.other()).push(frame.into_raw());
        Ok(())
    }

    /// Octets that wait, and what it takes to remember tags.
    pub fn remembered(&self) -> usize {
        let tags: usize = self.channels.values().map(Channel::tags).sum();
        self.budget.spent() + tags * TAG_BYTES
    }

    /// Something waits for [`Session::release`].
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() || self.has_events()
    }

    /// Lets go what is due; when to ask again.
    pub fn release(&mut self, now: Instant, out: &mut Outgoing) -> Option<Instant> {
        // The rules may have changed.
        if let Err(malformed) = self.work_events(now, out) {
            tracing::warn!(%malformed, "an event of the broker is not worked");
        }
        let mut next = self.end_events(now, out);
        let channels = &mut self.channels;
        let mut around = Around {
            faults: &self.faults,
            client: &self.client,
            budget: &mut self.budget,
            out,
            now,
        };
        self.waiting.retain(|(id, side)| {
            let Some(channel) = channels.get_mut(id) else {
                return false;
            };
            channel.resume(*side, &mut around);
            let way = channel.way_mut(*side);
            let again = [way.release(&mut around), way.shelf.next(now)];
            next = next.into_iter().chain(again.into_iter().flatten()).min();
            way.is_waiting()
        });
        next
    }

    /// Lets go everything that came from one side: it says nothing more.
    pub fn flush(&mut self, from: Side, out: &mut Outgoing) {
        let channels = &mut self.channels;
        let mut around = Around {
            faults: &self.faults,
            client: &self.client,
            budget: &mut self.budget,
            out,
            now: Instant::now(),
        };
        self.waiting.retain(|(id, side)| {
            if *side != from {
                return true;
            }
            if let Some(channel) = channels.get_mut(id) {
                channel.resume_all(from, &mut around);
                channel.way_mut(from).flush(&mut around);
            }
            false
        });
    }
}
