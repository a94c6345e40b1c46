//! Octets that arrive later.

use crate::{
    faults::Armed,
    rule::{Fault, Way},
};
use amqp_proxy::decision::fingerprint;
use std::time::Duration;

/// How much later the chunk at `place` arrives; nothing if this rule is another fault's, or
/// another direction's. The same place waits as long in every run of a seed.
pub fn delay(armed: &Armed, going: Way, connection: u64, place: u64) -> Option<Duration> {
    let Fault::Latency { delay, jitter, way } = armed.rule.fault else {
        return None;
    };
    if !way.covers(going) {
        return None;
    }
    let hash = fingerprint([
        &armed.rule.seed.to_be_bytes()[..],
        armed.rule.name.as_bytes(),
        &connection.to_be_bytes(),
        &place.to_be_bytes(),
    ]);
    // The low bits of FNV are the well mixed ones; a thousandth is fine enough.
    let share = u32::try_from(hash % 1001).unwrap_or(0);
    Some(delay.saturating_add(jitter.saturating_mul(share) / 1000))
}
