//! One bit of a chunk is not what was sent.

use crate::{
    faults::Armed,
    rule::{Fault, Way},
    subject::Subject,
};
use amqp_proxy::decision::{chosen, fingerprint, hash};

/// Flips a bit if this chunk is chosen and its receipt has a place. Which bit, and which
/// chunk of those that begin at `place`, the seed decides.
pub fn work(armed: &Armed, subject: &Subject, going: Way, place: u64, chunk: &mut [u8]) {
    let Fault::Corrupt { share, way } = armed.rule.fault else {
        return;
    };
    let rule = &armed.rule;
    let id = fingerprint([
        &subject.number.to_be_bytes()[..],
        &[u8::from(going == Way::ToUpstream)],
        &place.to_be_bytes(),
    ]);
    if !way.covers(going) || !chosen(hash(rule.seed, &rule.name, id, 1), share) {
        return;
    }
    let bit = fingerprint([&rule.seed.to_be_bytes()[..], &id.to_be_bytes()]);
    let Some(at) = (bit >> 3).checked_rem(chunk.len() as u64) else {
        return;
    };
    let octet = usize::try_from(at).ok().and_then(|at| chunk.get_mut(at));
    if let (Some(octet), Some(receipt)) = (octet, subject.reserve()) {
        *octet ^= 1 << (bit & 7);
        subject.leave(receipt, armed, Some(going), 1);
    }
}
