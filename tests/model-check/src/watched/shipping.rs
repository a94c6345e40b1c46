//! Shipping: one row an order, written once.

use super::{Watched, list};
use crate::{marks::Marks, tally::Tally};
use orders_contract::OrderId;
use shipping_core::{Event, Shipment, Shipping, State};
use uuid::Uuid;

impl Watched for Shipping {
    fn effect_on(event: &Event) -> Option<Uuid> {
        match event {
            Event::Arranged { order_id, .. }
            | Event::Refused { order_id, .. }
            | Event::Voided { order_id, .. } => Some(order_id.0),
        }
    }

    fn marks(state: &State, tally: &Tally) -> Marks {
        const ANSWERS: [&str; 3] = ["shipment.arranged", "shipment.rejected", "shipment.voided"];
        let voided = |shipment: &Shipment| matches!(shipment, Shipment::Voided { .. });
        [
            Marks::EFFECT_TWICE.when(tally.has_effect_twice(&ANSWERS)),
            Marks::SHIPMENT_TOMBSTONE.when(state.shipments.values().any(voided)),
        ]
        .into_iter()
        .collect()
    }

    fn is_undone(state: &State, order: Uuid) -> bool {
        matches!(
            state.shipments.get(&OrderId(order)),
            Some(Shipment::Voided { .. })
        )
    }

    fn picture(state: &State) -> String {
        list(
            state
                .shipments
                .iter()
                .map(|(order, shipment)| (order.0, shipment.label())),
        )
    }
}
