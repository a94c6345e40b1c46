//! The one way in: requests from outside go to an instance of the service that their route names.
//!
//! # Layout
//! - [`routes`]: which method and path belongs to which service, and how long it may take; from configuration.
//! - [`layers`]: what every request goes through before it is sent on, listed in one place.
//! - [`upstream`]: the instances of each service, in turn.
//! - [`forward`]: one request to one instance and its answer back; when another instance may be asked.
//! - [`headers`]: which headers cross the gateway.
//! - [`pages`]: what the gateway answers itself: a hint, and what each type of problem means.
//! - [`metrics`]: what it tells about itself.
//!
//! # Invariants
//! - A request is sent on a second time only when the first time no connection came about. Whatever else goes
//!   wrong, the outcome is unknown and the answer says so.
//! - The gateway knows paths and services, and nothing of what bodies mean.

#![forbid(unsafe_code)]

pub mod forward;
pub mod headers;
pub mod layers;
pub mod metrics;
pub mod pages;
pub mod routes;
pub mod upstream;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, on};
use discovery::Discovery;

use forward::Forwarder;
use routes::Routes;
use upstream::Upstreams;

/// The gateway as one router, with its upstreams to wait for.
pub fn gateway(routes: Routes, discovery: &Discovery) -> (Router, Arc<Upstreams>) {
    let routes = Arc::new(routes);
    let upstreams = Arc::new(Upstreams::start(discovery, &routes));
    let client = forward::client();
    let mut router = pages::router();
    for route in routes.iter() {
        let forwarder = Forwarder::new(route, upstreams.clone(), client.clone());
        let handler =
            move |deadline, request| async move { forwarder.forward(deadline, request).await };
        // Checked when the routes were parsed: a method that is no filter is never in them.
        let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
        router = router.route(&route.path, on(filter, handler));
    }
    (layers::edge(router, routes), upstreams)
}
