//! What nobody outside of a run can know of it.

use crate::{
    judgement::{Inside, Open},
    plan::Plan,
    system::System,
    timeline::EPOCH_MS,
};
use decider::Incoming;
use messaging::Envelope;
use orders_contract::{OrderEvent, OrderId, Reason};
use std::collections::BTreeSet;

pub fn inside(system: &System, plan: &Plan, settled_after_us: Option<u64>) -> Inside {
    let rows = system.view.rows();
    Inside {
        settled_after_us,
        projections: rows.moves,
        setbacks: rows.setbacks.clone(),
        orders: orders(system, plan),
        messages: system.world.tally.messages() as usize,
        repeats: system.world.tally.repeats(),
    }
}

fn orders(system: &System, plan: &Plan) -> Vec<Open> {
    let asked = asked_by_deadline(system);
    let ended_ms = (EPOCH_MS + system.world.timeline.now_us() / 1_000) as i64;
    system.orders.read(|content| {
        let orders = content.tables.0.orders.iter().map(|(id, order)| {
            let until_ms = order.terminal_at_ms.unwrap_or(ended_ms);
            Open {
                order_id: *id,
                open_after_deadline_ms: until_ms - order.placed_at_ms - plan.deadline_ms,
                was_asked: asked.contains(id),
            }
        });
        orders.collect()
    })
}

/// By the log.
fn asked_by_deadline(system: &System) -> BTreeSet<OrderId> {
    let entries = system.broker.stored(topology::EVENTS_LOG).into_iter();
    let events = entries.filter_map(|entry| {
        let envelope = Envelope::parse(&entry.publication.message).ok()?;
        OrderEvent::parse(&envelope.kind, envelope.version, &envelope.body).ok()
    });
    let asked = events.filter_map(|event| match event {
        OrderEvent::CancelRequested {
            order_id,
            reason: Reason::Deadline,
            ..
        } => Some(order_id),
        _ => None,
    });
    asked.collect()
}
