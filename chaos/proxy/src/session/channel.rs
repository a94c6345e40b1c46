//! What one channel remembers, and what becomes of its frames.

use super::{
    Around, Side,
    ending::{Draining, Parked},
    publishing::Marked,
    way::Way,
};
use crate::{
    confirms::Confirms,
    consumers::Consumers,
    deliveries::Deliveries,
    frame::{Frame, Kind, Malformed},
    method::{Method, Tag},
    settlement::Settlement,
    unit::Place,
};
use std::collections::HashMap;

/// Tags remembered of one channel, in either direction: brokers confirm within a second
/// and clients hold some thousand deliveries, so this is far above both, and 16 MiB.
const TAGS_MAX: usize = 1024 * 1024;

#[derive(Debug)]
pub struct Channel {
    pub id: u16,
    pub from_client: Way,
    pub from_broker: Way,
    /// Once the client has asked for confirms.
    pub confirms: Option<Confirms>,
    /// Publishes whose confirm was chosen for a fault, by the client's tag.
    pub marked: HashMap<u64, Marked>,
    pub deliveries: Deliveries,
    pub consumers: Consumers,
    /// The broker has closed the channel: it ignores what the client says until `close-ok`.
    broker_closed: bool,
    /// Closed by both; the number may be opened again.
    over: bool,
    /// Opened by both, and closed by neither.
    pub opened: bool,
    pub draining: Draining,
    /// What the client says after its `close-ok`, until the broker has said its own.
    pub parked: Parked,
    /// Consumers came or went, or the channel did.
    pub changed: bool,
}

impl Channel {
    pub fn new(id: u16) -> Self {
        Self {
            id,
            from_client: Way::new(Side::Client),
            from_broker: Way::new(Side::Broker),
            confirms: None,
            marked: HashMap::new(),
            deliveries: Deliveries::default(),
            consumers: Consumers::default(),
            broker_closed: false,
            over: false,
            opened: false,
            draining: Draining::default(),
            parked: Parked::default(),
            changed: false,
        }
    }

    pub fn way(&self, from: Side) -> &Way {
        match from {
            Side::Client => &self.from_client,
            Side::Broker => &self.from_broker,
        }
    }

    pub fn way_mut(&mut self, from: Side) -> &mut Way {
        match from {
            Side::Client => &mut self.from_client,
            Side::Broker => &mut self.from_broker,
        }
    }

    /// Nothing of it is worth remembering.
    pub fn is_blank(&self) -> bool {
        self.over
            && self.draining.is_over()
            && self.from_client.is_blank()
            && self.from_broker.is_blank()
    }

    pub fn take(
        &mut self,
        from: Side,
        frame: Frame,
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        let method = match frame.kind() {
            Kind::Method => Some(Method::parse(frame.payload())?),
            _ => None,
        };
        if self.drain(from, method.as_ref(), around) {
            return self.unpark(around);
        }
        if from == Side::Client && !self.draining.is_over() {
            return self.park(frame);
        }
        self.over = false;
        if from == Side::Client && self.broker_closed {
            // Some clients break off in the middle of a unit now, and may.
            self.from_client.gathered(around);
            self.from_client.send(frame.raw().clone(), None, around);
            if method == Some(Method::ChannelCloseOk) {
                self.reset(Side::Client, around);
            }
            return Ok(());
        }
        match self
            .way_mut(from)
            .progress
            .follow(&frame, method.as_ref())?
        {
            Place::Alone => match method {
                Some(method) => self.take_alone(from, &method, &frame, around)?,
                None => self.pass(from, &frame, around),
            },
            Place::Opens => match method {
                Some(method) => self.open_unit(from, &method, &frame, around),
                None => self.pass(from, &frame, around),
            },
            Place::Within => self.continue_unit(from, &frame, around),
            Place::Completes => {
                self.continue_unit(from, &frame, around);
                match self.way(from).held.is_some() {
                    true => self.decide(from, around)?,
                    false => self.way_mut(from).unit_ended(around),
                }
            }
            Place::Aborts => {
                self.way_mut(from).reset(around);
                self.take_closing(from, method.as_ref(), &frame, around);
            }
        }
        self.resume(Side::Client, around);
        self.resume(Side::Broker, around);
        self.check_bounds()
    }

    pub fn pass(&mut self, from: Side, frame: &Frame, around: &mut Around<'_>) {
        self.way_mut(from).send(frame.raw().clone(), None, around);
    }

    fn take_alone(
        &mut self,
        from: Side,
        method: &Method<'_>,
        frame: &Frame,
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        match (from, *method) {
            (Side::Client, Method::Ack(tag) | Method::Nack(tag) | Method::Reject(tag)) => {
                self.settle(method, tag, frame, around);
                return Ok(());
            }
            (Side::Broker, Method::Ack(tag) | Method::Nack(tag)) => {
                self.confirm(method, tag, frame, around);
                return Ok(());
            }
            (_, Method::ChannelClose | Method::ChannelCloseOk) => {
                self.take_closing(from, Some(method), frame, around);
                return Ok(());
            }
            (Side::Broker, Method::ChannelOpenOk) => {
                self.opened = true;
                self.changed = true;
            }
            (Side::Client, Method::ConfirmSelect) => {
                self.confirms.get_or_insert_default();
            }
            (Side::Client, Method::QueueDeclare { queue, nowait }) => {
                self.consumers.declare(queue, nowait);
            }
            (Side::Broker, Method::QueueDeclareOk { queue }) => self.consumers.declare_ok(queue),
            (
                Side::Client,
                Method::Consume {
                    queue,
                    consumer_tag,
                    no_ack,
                    nowait,
                },
            ) => {
                self.consumers.consume(queue, consumer_tag, no_ack, nowait);
                self.changed |= nowait;
            }
            (Side::Broker, Method::ConsumeOk { consumer_tag }) => {
                self.consumers.consume_ok(consumer_tag);
                self.changed = true;
            }
            (
                Side::Broker,
                Method::CancelOk { consumer_tag } | Method::Cancel { consumer_tag, .. },
            ) => {
                self.give_back(consumer_tag, around)?;
                self.consumers.cancelled(consumer_tag);
                self.changed = true;
            }
            (Side::Client, Method::Get { no_ack, .. }) => self.consumers.get(no_ack),
            (Side::Broker, Method::GetEmpty) => {
                self.consumers.got();
            }
            (Side::Broker, Method::RecoverOk) => self.forget_deliveries(around),
            _ => {}
        }
        self.pass(from, frame, around);
        Ok(())
    }

    fn take_closing(
        &mut self,
        from: Side,
        method: Option<&Method<'_>>,
        frame: &Frame,
        around: &mut Around<'_>,
    ) {
        if from == Side::Client {
            // What its sender said before comes before.
            self.resume_all(from, around);
        }
        if matches!(method, Some(Method::ChannelClose)) {
            self.opened = false;
            self.changed = true;
            self.clear_shelves(around);
        }
        self.pass(from, frame, around);
        match (from, method) {
            (Side::Broker, Some(Method::ChannelClose)) => self.broker_closed = true,
            (_, Some(Method::ChannelCloseOk)) => self.reset(from, around),
            _ => {}
        }
    }

    /// Tags and consumers end with the channel; what waits in its lanes still leaves.
    pub(super) fn reset(&mut self, from: Side, around: &mut Around<'_>) {
        self.way_mut(from).reset(around);
        self.clear_shelves(around);
        self.confirms = None;
        self.marked.clear();
        self.deliveries = Deliveries::default();
        self.consumers = Consumers::default();
        self.broker_closed = false;
        self.opened = false;
        self.changed = true;
        self.over = true;
    }

    fn open_unit(
        &mut self,
        from: Side,
        method: &Method<'_>,
        frame: &Frame,
        around: &mut Around<'_>,
    ) {
        if !(self.wanted(from, method, around) && self.way_mut(from).hold(frame, around)) {
            self.let_go(from, &[], frame, around);
        }
    }

    fn continue_unit(&mut self, from: Side, frame: &Frame, around: &mut Around<'_>) {
        if self.way(from).held.is_none() {
            return self.pass(from, frame, around);
        }
        if !self.way_mut(from).gather(frame, around) {
            tracing::warn!(
                channel = self.id,
                "a message too large to hold passes untouched"
            );
            let gathered = self.way_mut(from).gathered(around);
            self.let_go(from, &gathered, frame, around);
        }
    }

    /// A unit that no fault applies to passes as it comes: its method, counted, then the rest.
    fn let_go(&mut self, from: Side, gathered: &[Frame], last: &Frame, around: &mut Around<'_>) {
        let mut frames = gathered.iter().chain([last]);
        if let Some(method) = frames.next() {
            let counted = self.counted(from, method);
            self.way_mut(from).send(counted, None, around);
        }
        for frame in frames {
            self.pass(from, frame, around);
        }
    }

    /// How many are remembered, in both directions.
    pub fn tags(&self) -> usize {
        let confirms = self.confirms.as_ref().map_or(0, Confirms::outstanding);
        confirms + self.deliveries.outstanding()
    }

    fn check_bounds(&self) -> Result<(), Malformed> {
        let confirms = self.confirms.as_ref().map_or(0, Confirms::outstanding);
        let of = |count: usize, what| match count <= TAGS_MAX {
            true => Ok(()),
            false => Err(Malformed::TooMany {
                what,
                channel: self.id,
                limit: TAGS_MAX,
            }),
        };
        of(confirms, "unconfirmed publishes")?;
        of(self.deliveries.outstanding(), "unsettled deliveries")
    }
}

impl From<Tag> for Settlement {
    fn from(tag: Tag) -> Self {
        Self {
            tag: tag.tag,
            multiple: tag.multiple,
        }
    }
}
