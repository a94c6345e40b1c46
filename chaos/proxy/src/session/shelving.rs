//! Messages set aside, and what becomes of them.

use super::{Around, Side, channel::Channel};
use crate::{
    encode,
    faults::Chosen,
    frame::{Frame, Malformed},
    method::{Deliver, Method},
    selector::Message,
    shelf::{Late, Parcel, Until},
};

impl Channel {
    /// `false`: there is no room, so it is to pass.
    pub(super) fn shelve_publish(
        &mut self,
        message: &Message<'_>,
        frames: &[Frame],
        until: Until,
        chosen: &Chosen,
        around: &mut Around<'_>,
    ) -> bool {
        let room = self.from_client.has_shelf_room(frames, until, around);
        if room {
            let tag = (self.confirms.as_mut()).map(|confirms| confirms.dropped_in_silence());
            if let Some(tag) = tag {
                self.mark(tag, message, around);
            }
            let late = Late::Publish(tag);
            let parcel = Parcel::new(frames, late, until, &chosen.armed, around.now);
            self.from_client.shelf.put(parcel);
        }
        room
    }

    /// `false`: there is no room, so it is to pass.
    pub(super) fn shelve_delivery(
        &mut self,
        deliver: &Deliver<'_>,
        frames: &[Frame],
        until: Until,
        chosen: &Chosen,
        around: &mut Around<'_>,
    ) -> bool {
        let room = self.from_broker.has_shelf_room(frames, until, around);
        if room {
            let acknowledged = self.acknowledged(deliver);
            match acknowledged {
                true => (self.deliveries).dropped_unacknowledged(deliver.delivery_tag),
                false => self.deliveries.dropped_and_settled(deliver.delivery_tag),
            }
            let late = Late::Delivery { acknowledged };
            let parcel = Parcel::new(frames, late, until, &chosen.armed, around.now);
            self.from_broker.shelf.put(parcel);
        }
        room
    }

    /// Sends on what need not wait any longer, never into the middle of a unit.
    pub(super) fn resume(&mut self, from: Side, around: &mut Around<'_>) {
        let way = self.way_mut(from);
        if !way.shelf.is_empty() && way.is_between_units() {
            let over = way.shelf.take_over(around.now);
            self.send_late(over, around);
        }
    }

    /// Sends on everything: its sender says nothing more. What would break into a unit that
    /// now never ends is lost with it.
    pub(super) fn resume_all(&mut self, from: Side, around: &mut Around<'_>) {
        let way = self.way_mut(from);
        let all = way.shelf.take(|_| true);
        match way.is_between_units() {
            true => self.send_late(all, around),
            false => refund(&all, around),
        }
    }

    /// The channel is closing: the broker keeps what it was not given, and takes back the rest.
    pub(super) fn clear_shelves(&mut self, around: &mut Around<'_>) {
        for side in [Side::Client, Side::Broker] {
            refund(&self.way_mut(side).shelf.take(|_| true), around);
        }
    }

    /// The consumer is gone: the broker gets back what was held of its deliveries.
    pub(super) fn give_back(
        &mut self,
        consumer: &[u8],
        around: &mut Around<'_>,
    ) -> Result<(), Malformed> {
        let its = |parcel: &mut Parcel| {
            delivery(parcel).is_some_and(|deliver| deliver.consumer_tag == consumer)
        };
        let parcels = self.from_broker.shelf.take(its);
        refund(&parcels, around);
        for parcel in parcels {
            if let (Late::Delivery { acknowledged: true }, Some(deliver)) =
                (parcel.late, delivery(&parcel))
            {
                self.deliveries.given_back(deliver.delivery_tag);
                let reject = encode::reject(self.id, deliver.delivery_tag, true);
                self.from_client.send_own(self.id, reject, around)?;
            }
        }
        Ok(())
    }

    /// The broker has taken back whatever is not acknowledged, to deliver it anew.
    pub(super) fn forget_deliveries(&mut self, around: &mut Around<'_>) {
        let taken_back = Late::Delivery { acknowledged: true };
        let parcels = (self.from_broker.shelf).take(|parcel| parcel.late == taken_back);
        refund(&parcels, around);
        self.deliveries.recovered();
    }

    fn send_late(&mut self, parcels: Vec<Parcel>, around: &mut Around<'_>) {
        refund(&parcels, around);
        for parcel in parcels {
            match (parcel.late, delivery(&parcel)) {
                (Late::Publish(tag), _) => {
                    match (&mut self.confirms, tag) {
                        (Some(confirms), Some(tag)) => confirms.resumed(tag),
                        // The client published it before it asked for confirms.
                        (Some(confirms), None) => confirms.copied(),
                        (None, _) => {}
                    }
                    for frame in parcel.frames {
                        self.from_client.send(frame.into_raw(), None, around);
                    }
                }
                (Late::Delivery { acknowledged }, Some(deliver)) => {
                    let tag = (self.deliveries).resumed(deliver.delivery_tag, acknowledged);
                    self.send_delivery(&deliver, tag, &parcel.frames, None, around);
                }
                (Late::Delivery { .. }, None) => {}
            }
        }
    }
}

fn delivery(parcel: &Parcel) -> Option<Deliver<'_>> {
    match Method::parse(parcel.frames.first()?.payload()) {
        Ok(Method::Deliver(deliver)) => Some(deliver),
        _ => None,
    }
}

fn refund(parcels: &[Parcel], around: &mut Around<'_>) {
    (around.budget).refund(parcels.iter().map(Parcel::cost).sum());
}
