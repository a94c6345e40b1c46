//! What a connection has to do with the rules.

use crate::{
    faults::{Armed, Faults},
    receipt::{Place, Receipt},
    rule::Way,
};
use amqp_proxy::lease::locked;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::SystemTime,
};
use tokio::{sync::watch, time::Instant};

/// A connection, or the listener, as rules see it.
#[derive(Debug)]
pub(crate) struct Subject {
    pub number: u64,
    client: SocketAddr,
    /// The last change before it was accepted.
    born: u64,
    faults: Faults,
    /// Those that have left their receipt.
    touched: Mutex<Vec<Arc<Armed>>>,
}

impl Subject {
    pub fn connection(number: u64, client: SocketAddr, faults: &Faults) -> Self {
        Self {
            number,
            client,
            born: faults.leases.now(),
            faults: faults.clone(),
            touched: Mutex::default(),
        }
    }

    pub fn listener(faults: &Faults) -> Self {
        Self::connection(0, (Ipv4Addr::UNSPECIFIED, 0).into(), faults)
    }

    pub fn rules(&self) -> Rules {
        Rules {
            changes: self.faults.leases.changes(),
            all: self.faults.leases.live(Instant::now()),
            faults: self.faults.clone(),
            stale: false,
        }
    }

    /// Whether the rule found this connection open.
    pub fn was_open_for(&self, armed: &Armed) -> bool {
        armed.number > self.born
    }

    /// Whether the rule may be worked here: it has left a receipt, or does now.
    pub fn touch(&self, armed: &Arc<Armed>, way: Option<Way>, octets: usize) -> bool {
        let mut touched = locked(&self.touched);
        if touched.iter().any(|one| Arc::ptr_eq(one, armed)) {
            return true;
        }
        let Some(place) = self.faults.reserve() else {
            return false;
        };
        self.leave(place, armed, way, octets as u64);
        let now = Instant::now();
        touched.retain(|one| one.is_live(now));
        touched.push(Arc::clone(armed));
        true
    }

    /// Whether the rule is worked here.
    pub fn is_touched(&self, armed: &Arc<Armed>) -> bool {
        locked(&self.touched)
            .iter()
            .any(|one| Arc::ptr_eq(one, armed))
    }

    /// For faults that leave a receipt each time.
    pub fn reserve(&self) -> Option<Place> {
        self.faults.reserve()
    }

    pub fn leave(&self, place: Place, armed: &Armed, way: Option<Way>, octets: u64) {
        place.leave(Receipt {
            fault: armed.rule.name.clone(),
            what: armed.rule.fault.label(),
            connection: self.number,
            client: self.client,
            way,
            octets,
            at: SystemTime::now(),
        });
    }
}

/// The rules in force, as one reader of them knows them.
#[derive(Debug)]
pub(crate) struct Rules {
    faults: Faults,
    changes: watch::Receiver<u64>,
    all: Vec<Arc<Armed>>,
    stale: bool,
}

impl Rules {
    /// As they are now. While nothing changes this is one load of a number.
    pub fn current(&mut self) -> &[Arc<Armed>] {
        if self.stale || self.changes.has_changed().unwrap_or(false) {
            self.stale = false;
            self.changes.borrow_and_update();
            self.all = self.faults.leases.live(Instant::now());
        }
        &self.all
    }

    /// As they were when last asked, without those that have run out since.
    pub fn live(&self, now: Instant) -> impl Iterator<Item = &Arc<Armed>> {
        self.all.iter().filter(move |armed| armed.is_live(now))
    }

    /// Until [`Rules::current`] has something new.
    pub async fn changed(&mut self) {
        if !self.stale {
            // The sender lives in `faults`: there is always an answer.
            let _ = self.changes.changed().await;
            self.stale = true;
        }
    }
}
