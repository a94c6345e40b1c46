//! The server commits, and the client never hears.

use crate::{
    faults::Armed,
    postgres::Commit,
    receipt::Place,
    rule::{Fault, Way},
    subject::{Rules, Subject},
};
use amqp_proxy::decision::{chosen, fingerprint, hash};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// A commit waits for a disk, or for another transaction's lock in a deferred check. A
/// server that takes longer is cut off all the same.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A commit that was chosen, with a place for its receipt.
#[derive(Debug)]
pub struct Cut {
    armed: Arc<Armed>,
    place: Place,
}

/// Asks every rule, because each counts the commits that it sees.
pub fn choose(rules: &Rules, subject: &Subject, commit: Commit) -> Option<Cut> {
    let mut chosen = None;
    for armed in rules.live(Instant::now()) {
        if fits(armed, subject.number, commit) && chosen.is_none() {
            chosen = subject.reserve().map(|place| Cut {
                armed: Arc::clone(armed),
                place,
            });
        }
    }
    chosen
}

fn fits(armed: &Armed, connection: u64, commit: Commit) -> bool {
    let Fault::CutOnCommit { share, nth } = armed.rule.fault else {
        return false;
    };
    let seen = armed.count_commit();
    if nth.is_some_and(|nth| nth != seen) {
        return false;
    }
    let id = fingerprint([&connection.to_be_bytes()[..], &commit.nth.to_be_bytes()]);
    let hash = hash(armed.rule.seed, &armed.rule.name, id, 1);
    share.is_none_or(|share| chosen(hash, share))
}

impl Cut {
    /// With the rule the wait ends; the client is reset all the same, because a part of the
    /// answer may be gone.
    pub async fn outlived(&self, rules: &mut Rules) {
        while self.armed.is_live(Instant::now()) {
            rules.changed().await;
            rules.current();
        }
    }

    /// `octets` of the answer were not forwarded.
    pub fn done(self, subject: &Subject, octets: u64) {
        subject.leave(self.place, &self.armed, Some(Way::ToClient), octets);
    }
}
