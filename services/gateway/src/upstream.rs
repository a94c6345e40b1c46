//! The instances of each service, in turn.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use discovery::{Discovery, Endpoint, Resolver};

use crate::routes::Routes;

/// All services that are routed to.
#[derive(Debug)]
pub struct Upstreams(BTreeMap<String, Upstream>);

/// One service: its instances and whose turn it is.
#[derive(Debug)]
struct Upstream {
    resolver: Resolver,
    turn: AtomicUsize,
}

impl Upstreams {
    /// Begins to watch every service of the table.
    pub fn start(discovery: &Discovery, routes: &Routes) -> Self {
        let upstream = |service: &str| Upstream {
            resolver: Resolver::start(discovery.clone(), service),
            turn: AtomicUsize::new(0),
        };
        let services = routes.services().into_iter();
        Self(
            services
                .map(|service| (service.to_owned(), upstream(service)))
                .collect(),
        )
    }

    /// The instances of a service, beginning with the one whose turn it is.
    pub fn in_turn(&self, service: &str) -> Vec<Endpoint> {
        let Some(upstream) = self.0.get(service) else {
            return Vec::new();
        };
        let endpoints: Arc<[Endpoint]> = upstream.resolver.endpoints();
        if endpoints.is_empty() {
            return Vec::new();
        }
        let turn = upstream.turn.fetch_add(1, Ordering::Relaxed) % endpoints.len();
        let (later, first) = endpoints.split_at(turn);
        first.iter().chain(later).cloned().collect()
    }

    /// Waits until discovery has answered for every service, whatever it answered.
    pub async fn answered(&self) {
        for upstream in self.0.values() {
            upstream.resolver.answered().await;
        }
    }
}
