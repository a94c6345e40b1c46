//! The rules in force.

use crate::{
    receipt::{Place, Receipts},
    rule::Rule,
};
use amqp_proxy::lease::{Held, Leases};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Shared by the connections of a link and by whoever breaks it. Rules and connections are in order by the number of
/// the change that brought them: a rule with a higher number than a connection found that connection open.
#[derive(Clone, Debug)]
pub struct Faults {
    pub(crate) leases: Leases<Ruled>,
    receipts: Receipts,
}

#[derive(Debug)]
pub struct Ruled {
    pub(crate) rule: Rule,
    commits: AtomicU64,
}

/// A rule in force.
pub(crate) type Armed = Held<Ruled>;
pub type Lease = amqp_proxy::lease::Lease<Ruled>;

impl Faults {
    pub fn new(receipts: Receipts) -> Self {
        Self {
            leases: Leases::default(),
            receipts,
        }
    }

    /// Puts a rule in force for `term`.
    pub fn arm(&self, rule: Rule, term: Duration) -> Lease {
        let commits = AtomicU64::new(0);
        self.leases.take(Ruled { rule, commits }, term)
    }

    /// Ends every rule. Idempotent.
    pub fn heal(&self) {
        self.leases.heal();
    }

    /// Times that a fault was not worked because no receipt could be left.
    pub fn unrecorded(&self) -> u64 {
        self.receipts.refused()
    }

    pub(crate) fn reserve(&self) -> Option<Place> {
        self.receipts.reserve()
    }
}

impl Ruled {
    /// This commit's number among those that the rule has seen, from one.
    pub(crate) fn count_commit(&self) -> u64 {
        self.commits.fetch_add(1, Ordering::Relaxed) + 1
    }
}
