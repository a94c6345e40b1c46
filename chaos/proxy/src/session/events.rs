//! What a broker says by itself, said by the proxy: `basic.cancel`, `channel.close`,
//! `connection.close`, `connection.blocked`.
//!
//! Each rule is asked once for each target: those that are there when it comes into force,
//! and those that appear while it lasts. What would break into a unit waits for its end.

use super::{Around, Budget, Outgoing, Session, Side, publishing::receipt};
use crate::{
    encode,
    faults::{Armed, Chosen},
    frame::{Frame, Kind, Malformed},
    method::Method,
    rule::{Fault, OnBroker},
    selector::{Message, Selector},
};
use amq_protocol::protocol::AMQPHardError;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// How long a client has to answer `connection.close`. It is a round trip.
const CLOSE_OK_WITHIN: Duration = Duration::from_secs(2);

/// What becomes of a connection by its broker's will.
#[derive(Debug, Default)]
pub struct Events {
    /// Rules and the targets that they were asked for.
    asked: BTreeSet<(u64, Target)>,
    /// Targets came or went, or were busy.
    pub stale: bool,
    /// The connection is open, and nobody has begun to close it.
    pub opened: bool,
    /// While any is live, the client is not read.
    blocked: Vec<Arc<Armed>>,
    closing: Option<Instant>,
    over: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Connection,
    Channel(u16),
    Consumer(u16, Vec<u8>),
}

impl Target {
    fn channel(&self) -> u16 {
        match self {
            Self::Connection => 0,
            Self::Channel(id) | Self::Consumer(id, _) => *id,
        }
    }

    /// Channels and connections may also be selected by a consumer on them.
    fn is_of(&self, event: OnBroker, which: &Selector) -> bool {
        let by_consumer = which.queue.is_some() || which.consumer.is_some();
        match (event, self) {
            (OnBroker::CancelConsumer, target) => matches!(target, Self::Consumer(..)),
            (_, Self::Consumer(..)) => by_consumer,
            (OnBroker::CloseChannel(_), target) => {
                !by_consumer && matches!(target, Self::Channel(_))
            }
            (OnBroker::CloseConnection | OnBroker::Blocked, target) => {
                !by_consumer && *target == Self::Connection
            }
        }
    }
}

impl Session {
    /// Asks every rule for every target that it was not asked for yet.
    pub(super) fn work_events(
        &mut self,
        now: Instant,
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        self.events.stale = false;
        let rules = self.faults.events(now);
        if rules.is_empty() {
            self.events.asked.clear();
            return Ok(());
        }
        let targets = self.targets();
        self.events.asked.retain(|(rule, target)| {
            rules.iter().any(|armed| armed.number == *rule) && targets.contains_key(target)
        });
        for armed in rules {
            let Fault::Broker(event) = armed.rule.fault else {
                continue;
            };
            for (target, queue) in &targets {
                if target.is_of(event, &armed.rule.which) && self.may_ask(&armed, event, target) {
                    self.ask(&armed, event, target, queue.as_deref(), now, out)?;
                }
            }
        }
        Ok(())
    }

    fn targets(&self) -> BTreeMap<Target, Option<Vec<u8>>> {
        let mut targets = BTreeMap::new();
        if !self.events.opened {
            return targets;
        }
        targets.insert(Target::Connection, None);
        for channel in self.channels.values().filter(|channel| channel.opened) {
            targets.insert(Target::Channel(channel.id), None);
            for (tag, consumer) in channel.consumers.all() {
                let target = Target::Consumer(channel.id, tag.to_vec());
                targets.insert(target, Some(consumer.queue.clone()));
            }
        }
        targets
    }

    /// The target is still there, its client can take it, and now.
    fn may_ask(&mut self, armed: &Armed, event: OnBroker, target: &Target) -> bool {
        let is_known = self.events.asked.contains(&(armed.number, target.clone()));
        if is_known || self.events.closing.is_some() {
            return false;
        }
        let channel = self.channels.get(&target.channel());
        let is_there = match target {
            Target::Connection => true,
            Target::Channel(_) => channel.is_some_and(|channel| channel.opened),
            Target::Consumer(_, tag) => {
                channel.is_some_and(|channel| channel.consumers.of(tag).is_some())
            }
        };
        let is_able = match event {
            OnBroker::CancelConsumer => self.client.takes_cancel,
            OnBroker::Blocked => {
                let is_blocked = self
                    .events
                    .blocked
                    .iter()
                    .any(|by| by.number == armed.number);
                self.client.takes_blocked && !is_blocked
            }
            OnBroker::CloseChannel(_) | OnBroker::CloseConnection => true,
        };
        let is_busy = match event {
            OnBroker::CancelConsumer | OnBroker::CloseChannel(_) => {
                channel.is_some_and(|channel| !channel.is_between_units())
            }
            OnBroker::CloseConnection | OnBroker::Blocked => false,
        };
        self.events.stale |= is_busy;
        is_there && is_able && !is_busy
    }

    fn ask(
        &mut self,
        armed: &Arc<Armed>,
        event: OnBroker,
        target: &Target,
        queue: Option<&[u8]>,
        now: Instant,
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        self.events.asked.insert((armed.number, target.clone()));
        let message = Message {
            queue,
            connection: self.client.name.as_deref(),
            consumer: match target {
                Target::Consumer(_, tag) => Some(tag),
                Target::Connection | Target::Channel(_) => None,
            },
            ..Message::default()
        };
        let Some(chosen) = self.faults.choose_event(armed, &message) else {
            return Ok(());
        };
        let receipt = receipt(&chosen, &message, target.channel());
        self.work(&chosen, event, target, now, out)?;
        chosen.place.leave(receipt);
        Ok(())
    }

    fn work(
        &mut self,
        chosen: &Chosen,
        event: OnBroker,
        target: &Target,
        now: Instant,
        out: &mut Outgoing,
    ) -> Result<(), Malformed> {
        let mut around = Around {
            faults: &self.faults,
            client: &self.client,
            budget: &mut self.budget,
            out,
            now,
        };
        let channel = self.channels.get_mut(&target.channel());
        match (event, target, channel) {
            (OnBroker::CancelConsumer, Target::Consumer(_, tag), Some(channel)) => {
                channel.cancel_consumer(tag, &mut around)?;
            }
            (OnBroker::CloseChannel(error), _, Some(channel)) => {
                channel.raise(error, &mut around);
            }
            (OnBroker::CloseConnection, ..) => {
                let code = AMQPHardError::CONNECTIONFORCED.get_id();
                let close = encode::connection_close(code, "CONNECTION_FORCED - by intent");
                out.client.push(close);
                // Nothing that anyone said before is said any more.
                self.channels.clear();
                self.waiting.clear();
                self.budget = Budget::default();
                self.events.closing = Some(now + CLOSE_OK_WITHIN);
            }
            (OnBroker::Blocked, ..) => {
                if self.events.blocked.is_empty() {
                    out.client.push(encode::blocked("by intent"));
                }
                self.events.blocked.push(Arc::clone(&chosen.armed));
            }
            // Targets are of the event's kind, and there.
            (OnBroker::CancelConsumer | OnBroker::CloseChannel(_), ..) => {}
        }
        Ok(())
    }

    /// The client is not to be read.
    pub fn is_blocked(&self) -> bool {
        !self.events.blocked.is_empty() && self.events.closing.is_none()
    }

    /// Both sockets are to be closed.
    pub fn is_over(&self) -> bool {
        self.events.over
    }

    /// After `connection.close` only its answer matters. Whether the frame is dealt with.
    pub(super) fn take_after_close(
        &mut self,
        from: Side,
        frame: &Frame,
        out: &mut Outgoing,
    ) -> bool {
        if self.events.closing.is_none() {
            return false;
        }
        if from == Side::Client && frame.channel() == 0 && frame.kind() == Kind::Method {
            match Method::parse(frame.payload()) {
                Ok(Method::ConnectionClose) => {
                    out.client.push(encode::connection_close_ok());
                    self.events.over = true;
                }
                Ok(Method::ConnectionCloseOk) => self.events.over = true,
                _ => {}
            }
        }
        true
    }

    /// A broker that hears nothing gives a connection up, and the client is not read.
    pub(super) fn beat_for_client(&self, from: Side, out: &mut Outgoing) {
        if from == Side::Broker && self.is_blocked() {
            out.broker.push(encode::heartbeat());
        }
    }

    /// Ends what is over; when to ask again.
    pub(super) fn end_events(&mut self, now: Instant, out: &mut Outgoing) -> Option<Instant> {
        let events = &mut self.events;
        events.over |= events.closing.is_some_and(|until| now >= until);
        let was_blocked = !events.blocked.is_empty();
        events.blocked.retain(|armed| armed.is_live(now));
        if was_blocked && events.blocked.is_empty() && events.closing.is_none() {
            out.client.push(encode::unblocked());
        }
        let blocked = events.blocked.iter().map(|armed| armed.until());
        let closing = events.closing.filter(|_| !events.over);
        blocked.chain(closing).min()
    }

    pub(super) fn has_events(&self) -> bool {
        self.is_blocked() || self.events.closing.is_some() && !self.events.over
    }
}
