//! A message that nobody can read, from somebody who is no part of the system.

use crate::{faults::Fault, process::Process};
use messaging::message::{Message, Publication};
use uuid::Uuid;

/// The id of the n-th: receipts and messages say the same.
pub fn id(nth: u64) -> Uuid {
    decider::message_id("simulated.poison", nth.to_string())
}

/// For a participant's queue, if the fault strikes. What lies among the dead is left alone.
pub(super) fn poison(process: &Process, queue: &str) -> Option<Publication> {
    topology::subscription(queue)?;
    let world = &process.world;
    let nth = (world.faults).strike_nth(Fault::Poison, world.timeline.now_us())?;
    let id = id(nth);
    world.note(
        "stranger",
        format_args!("publishes {id} to {queue}, which nobody can read"),
    );
    Some(Publication {
        exchange: "".into(),
        routing_key: queue.to_owned(),
        message: Message {
            id: Some(id.to_string()),
            body: "?".into(),
            ..Message::default()
        },
    })
}
