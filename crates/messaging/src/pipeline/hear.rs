//! From bytes to what they ask of the core, or to poison.

use super::{
    batch::{Item, Origin},
    caught,
    quarantine::Poison,
};
use crate::{broker::Delivery, envelope::Envelope};
use decider::{Incoming, Participant};

/// A message that asks something of the core.
pub(super) struct Heard<P: Participant> {
    pub(super) delivery: Delivery,
    pub(super) item: Item<P>,
}

pub(super) fn hear<P: Participant>(
    delivery: Delivery,
    now_ms: i64,
) -> Result<Heard<P>, Box<Poison>> {
    let unknown = |delivery, reason| {
        Box::new(Poison {
            delivery,
            kind: "unknown".to_owned(),
            reason,
        })
    };
    let envelope = match delivery.envelope() {
        Ok(envelope) => envelope,
        Err(defect) => return Err(unknown(delivery, defect.to_string())),
    };
    match commands_of::<P>(&envelope, now_ms) {
        Ok(commands) => {
            let origin = Origin::Message {
                envelope,
                redelivered: delivery.redelivered,
            };
            Ok(Heard {
                delivery,
                item: Item { commands, origin },
            })
        }
        // A kind that does not parse is no label: anyone could make up a million.
        Err(reason) => Err(unknown(delivery, reason)),
    }
}

/// What a message asks of the core, or why it cannot be asked.
fn commands_of<P: Participant>(
    envelope: &Envelope,
    now_ms: i64,
) -> Result<Vec<P::Command>, String> {
    let parsed = caught(|| P::Inbound::parse(&envelope.kind, envelope.version, &envelope.body))?;
    let message = parsed.map_err(|error| error.to_string())?;
    caught(|| P::commands_for(&message, now_ms))
}
