//! What must have happened somewhere for a set of runs to have tested anything.

use crate::{
    faults::{Fault, Strike},
    world::World,
};
use checkers::{
    Run,
    history::{Action, Completion},
};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sometimes {
    pub name: &'static str,
    pub seen: u64,
}

/// The judge's own counters that a simulation can see.
const JUDGED: [&str; 10] = [
    "confirmed",
    "rejected: out of stock",
    "rejected: insufficient funds",
    "rejected: account blocked",
    "rejected: not serviceable",
    "cancelled by its deadline",
    "cancel won",
    "cancel lost",
    "compensation",
    "request sent again with the same key",
];

pub(crate) fn sometimes(run: &Run, world: &World, strikes: &[Strike]) -> Vec<Sometimes> {
    let mut counts: BTreeMap<Fault, u64> = BTreeMap::new();
    for (fault, _) in strikes {
        *counts.entry(*fault).or_default() += 1;
    }
    let faults = Fault::ALL.into_iter().map(|fault| Sometimes {
        name: fault.label(),
        seen: counts.get(&fault).copied().unwrap_or(0),
    });
    let judged = checkers::sometimes::sometimes(run).into_iter();
    let judged = judged.filter(|one| JUDGED.contains(&one.name));
    let judged = judged.map(|one| Sometimes {
        name: one.name,
        seen: one.seen,
    });
    let tally = &world.tally;
    let of = |name, counter: &AtomicU64| Sometimes {
        name,
        seen: counter.load(Ordering::Relaxed),
    };
    let happened = [
        of("duplicate found in the inbox", &tally.duplicates_dropped),
        of("message redelivered", &tally.redelivered),
        of("message overtaken by a later one", &tally.overtaken),
        of("unconfirmed message lost", &tally.unconfirmed_lost),
        of("message sent by the relay", &tally.relayed),
        of("two relays at the same rows", &tally.relay_races),
        of("transaction waited for another", &tally.lock_waits),
        of("key taken by another instance", &tally.keys_taken),
        of("projector finds its lease taken", &tally.taken_over),
        of("deadline came", &tally.deadlines),
    ];
    let unknown = run.history.operations.iter().filter(|operation| {
        matches!(operation.invocation.action, Action::Place(_))
            && matches!(operation.completion, Completion::Unknown { .. })
    });
    let client = [Sometimes {
        name: "order of unknown outcome",
        seen: unknown.count() as u64,
    }];
    faults.chain(judged).chain(happened).chain(client).collect()
}

/// Adds up the counters of many runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<Sometimes>);

impl Seen {
    pub fn add(&mut self, run: &[Sometimes]) {
        for one in run {
            match self.0.iter_mut().find(|known| known.name == one.name) {
                Some(known) => known.seen += one.seen,
                None => self.0.push(one.clone()),
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Sometimes> {
        self.0.iter()
    }

    pub fn never(&self) -> Vec<&'static str> {
        let never = self.0.iter().filter(|one| one.seen == 0);
        never.map(|one| one.name).collect()
    }
}
