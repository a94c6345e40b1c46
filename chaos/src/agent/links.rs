//! The proxies between instances and what they lean on.
//!
//! ```text
//! orders-1 ──> octets (slow, cut, silent) ──> messages (AMQP only) ──> broker
//! ```

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::mpsc;

use super::settings::LinkSettings;
use super::site::SiteError;
use crate::experiment::subject::Dependency;
use crate::fault::Order;
use crate::receipt::Receipt;

/// Receipts on their way to the collector, which only moves them: some milliseconds of the broker's highest rate.
const RECEIPTS_WAITING: usize = 4_096;
/// Kept until the harness asks. At 100 messages a second and a fault of ten minutes; beyond, faults are not worked.
const RECEIPTS_KEPT: usize = 65_536;
/// To servers on this machine, or near it.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// One link. Its proxies end with it.
pub struct Link {
    /// `orders-1/broker`
    pub name: String,
    pub instance: String,
    pub service: String,
    pub to: Dependency,
    pub octets: link_proxy::Faults,
    /// Of a link to the broker.
    pub messages: Option<amqp_proxy::Faults>,
    _octets: link_proxy::Link,
    _messages: Option<amqp_proxy::Proxy>,
}

/// What the proxies left, until it is asked for.
#[derive(Clone, Default)]
pub struct Collected(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    of_faults: HashMap<String, Vec<Receipt>>,
    count: usize,
}

impl Link {
    pub async fn start(settings: LinkSettings, collected: &Collected) -> Result<Self, SiteError> {
        let LinkSettings {
            instance,
            service,
            to,
            listen,
            upstream,
        } = settings;
        let name = format!("{instance}/{}", to.label());
        let from = Origin {
            link: name.clone(),
            service: service.clone(),
            collected: collected.clone(),
        };
        let failed = |why: String| SiteError::Link {
            name: name.clone(),
            why,
        };
        let mut messages = None;
        let mut next = upstream.clone();
        if to == Dependency::Broker {
            let (receipts, left) = amqp_proxy::Receipts::channel(RECEIPTS_WAITING);
            let faults = amqp_proxy::Faults::new(receipts);
            let settings = amqp_proxy::Settings {
                listen: loopback(),
                upstream,
                connect_within: CONNECT_WITHIN,
            };
            let proxy = amqp_proxy::Proxy::start(settings, faults.clone()).await;
            let proxy = proxy.map_err(|error| failed(error.to_string()))?;
            next = proxy.address().to_string();
            tokio::spawn(from.clone().collect(left, of_message));
            messages = Some((faults, proxy));
        }
        let (receipts, left) = link_proxy::Receipts::channel(RECEIPTS_WAITING);
        let octets = link_proxy::Faults::new(receipts);
        let settings = link_proxy::Settings {
            listen,
            upstream: next,
            protocol: match to {
                Dependency::Database => link_proxy::Protocol::Postgres,
                _ => link_proxy::Protocol::Opaque,
            },
            connect_within: CONNECT_WITHIN,
        };
        let proxy = link_proxy::Link::start(settings, octets.clone()).await;
        let proxy = proxy.map_err(|error| failed(error.to_string()))?;
        tokio::spawn(from.collect(left, of_octets));
        let (messages, _messages) = messages.unzip();
        Ok(Self {
            name,
            instance,
            service,
            to,
            octets,
            messages,
            _octets: proxy,
            _messages,
        })
    }

    /// By which a receipt finds back to its fault; the same for the same experiment and seed.
    pub fn rule_name(&self, order: &Order) -> String {
        format!("{}@{}", order.name, self.name)
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[derive(Clone)]
struct Origin {
    link: String,
    service: String,
    collected: Collected,
}

impl Origin {
    async fn collect<R>(
        self,
        mut left: mpsc::Receiver<R>,
        read: impl Fn(R) -> (String, Receipt) + Send + 'static,
    ) {
        while let Some(receipt) = left.recv().await {
            let (rule, receipt) = read(receipt);
            let receipt = Receipt {
                name: self.link.clone(),
                service: self.service.clone(),
                ..receipt
            };
            // Without room the proxies' places fill up, and they work no fault any more.
            while !self.collected.put(&rule, &receipt) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

impl Collected {
    /// `rule` is the fault's name, or begins with it. Whether there was room.
    pub(crate) fn put(&self, rule: &str, receipt: &Receipt) -> bool {
        let mut kept = self.locked();
        let has_room = kept.count < RECEIPTS_KEPT;
        if has_room {
            let fault = rule.rsplit_once('@').map_or(rule, |(fault, _)| fault);
            let of_fault = kept.of_faults.entry(fault.to_owned()).or_default();
            of_fault.push(receipt.clone());
            kept.count += 1;
        }
        has_room
    }

    /// Those of one fault, which are then gone from here.
    pub fn take(&self, fault: &str) -> Vec<Receipt> {
        let mut kept = self.locked();
        let taken = kept.of_faults.remove(fault).unwrap_or_default();
        kept.count -= taken.len();
        taken
    }

    pub fn clear(&self) {
        *self.locked() = Kept::default();
    }

    fn locked(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_message(receipt: amqp_proxy::Receipt) -> (String, Receipt) {
    let known = Receipt {
        what: format!("amqp/{}", receipt.what),
        at_ms: unix_ms(receipt.at),
        message_id: receipt.message_id,
        trace_id: receipt.trace_id,
        exchange: Some(receipt.exchange),
        routing_key: Some(receipt.routing_key),
        queue: receipt.queue,
        connection: receipt.connection,
        ..Receipt::default()
    };
    (receipt.fault, known)
}

fn of_octets(receipt: link_proxy::Receipt) -> (String, Receipt) {
    let known = Receipt {
        what: receipt.what.to_owned(),
        at_ms: unix_ms(receipt.at),
        connection: Some(receipt.connection.to_string()),
        ..Receipt::default()
    };
    (receipt.fault, known)
}

fn unix_ms(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
