//! What a run left, in the words of the judge: the same that real runs are judged by.

mod inside;
mod rows;

pub use inside::inside;

use crate::{
    broker::poison, client::Client, faults::Fault, plan::Plan, system::System, timeline::EPOCH_MS,
};
use checkers::{
    Run,
    history::History,
    journal::{Injection, Journal, Receipt},
    state::{Binding, DeadLetter, EventLog, FinalState, LogEntry, Part, QueueDepth},
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub fn of(system: &System, client: &Client, plan: &Plan) -> Run {
    Run {
        history: History::fold(plan.setup.clone(), client.history()),
        state: FinalState {
            orders: Part::Read(rows::orders(system)),
            inventory: Part::Read(rows::inventory(system)),
            payments: Part::Read(rows::payments(system)),
            shipping: Part::Read(rows::shipping(system)),
            orchestrator: Part::Read(rows::orchestrator(system)),
            order_view: Part::Read(rows::order_view(system)),
            log: Part::Read(log(system)),
            bindings: Part::Read(bindings()),
            dead_letters: Part::Read(dead_letters(system)),
            queue_depths: Part::Read(queue_depths(system)),
        },
        journal: journal(system).map(Part::Read),
        started_ms: EPOCH_MS,
        ..Run::default()
    }
}

fn log(system: &System) -> EventLog {
    let entries = system.broker.stored(topology::EVENTS_LOG);
    let entries = entries.into_iter().enumerate().map(|(offset, stored)| {
        let message = &stored.publication.message;
        let uuid = |text: Option<&String>| text.and_then(|text| Uuid::parse_str(text).ok());
        LogEntry {
            offset: offset as u64,
            message_id: uuid(message.id.as_ref()).unwrap_or_default(),
            order_id: uuid(message.correlation_id.as_ref()),
            kind: message.kind.as_deref().unwrap_or_default().to_owned(),
            routing_key: stored.publication.routing_key.clone(),
        }
    });
    EventLog {
        entries: entries.collect(),
    }
}

fn bindings() -> Vec<Binding> {
    let subscriptions = topology::SUBSCRIPTIONS.iter().flat_map(|subscription| {
        subscription.routing_keys().map(|pattern| Binding {
            queue: subscription.queue.to_owned(),
            pattern,
        })
    });
    subscriptions.collect()
}

fn dead_letters(system: &System) -> Vec<DeadLetter> {
    let mut letters = Vec::new();
    for subscription in topology::SUBSCRIPTIONS {
        let queue = messaging::topology::dead_queue(subscription.queue);
        for stored in system.broker.stored(&queue) {
            let message = &stored.publication.message;
            let headers = &message.headers;
            letters.push(DeadLetter {
                queue: queue.clone(),
                message_id: message.id.clone(),
                order_id: (message.correlation_id.as_ref())
                    .and_then(|text| Uuid::parse_str(text).ok()),
                kind: message.kind.as_deref().map(str::to_owned),
                reason: headers
                    .text(messaging::pipeline::DEAD_REASON)
                    .map(str::to_owned),
            });
        }
    }
    letters
}

/// At rest nobody holds a message unsettled.
fn queue_depths(system: &System) -> Vec<QueueDepth> {
    let depth = |subscription: topology::Subscription| QueueDepth {
        queue: subscription.queue.to_owned(),
        ready: system.broker.stored(subscription.queue).len() as u64,
        unacknowledged: 0,
    };
    topology::SUBSCRIPTIONS.into_iter().map(depth).collect()
}

/// Every fault that struck, with its receipts, by kind; `None` in calm weather.
fn journal(system: &System) -> Option<Journal> {
    let mut by_kind: BTreeMap<(&'static str, bool), Vec<Receipt>> = BTreeMap::new();
    for receipt in system.world.faults.receipts() {
        let (fault, nth) = receipt.strike;
        let is_poison = fault == Fault::Poison;
        by_kind
            .entry((fault.label(), is_poison))
            .or_default()
            .push(Receipt {
                name: nth.to_string(),
                at_ms: EPOCH_MS + receipt.at_us / 1_000,
                message_id: is_poison.then(|| poison::id(nth).to_string()),
                ..Receipt::default()
            });
    }
    let injections = by_kind
        .into_iter()
        .map(|((label, is_poison), receipts)| Injection {
            // The judge knows poison by its name.
            fault: Some(format!(
                "simulated/{}",
                if is_poison { "poison" } else { label }
            )),
            title: label.to_owned(),
            receipts,
            ..Injection::default()
        });
    let run: Vec<_> = injections.collect();
    (!run.is_empty()).then(|| Journal {
        run,
        ..Journal::default()
    })
}
