//! `discovery` against this registry, over HTTP: what services and the gateway do with it.

use std::net::SocketAddr;
use std::time::Duration;

use discovery::{
    Backend, BackendError, Discovery, Endpoint, Instance, Registration, Renewal, Resolver,
};
use lifecycle::Shutdown;
use registry::server::Registry;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Far beyond what any of this takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

struct RunningRegistry {
    addr: SocketAddr,
    shutdown: Shutdown,
    server: JoinHandle<()>,
}

impl RunningRegistry {
    async fn start(addr: SocketAddr) -> Self {
        let listener = TcpListener::bind(addr).await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let shutdown = Shutdown::new();
        let registry = Registry::new(shutdown.clone());
        tokio::spawn(registry.expire());
        let server = lifecycle::server::serve(listener, registry.router(), shutdown.clone());
        Self {
            addr,
            shutdown,
            server: tokio::spawn(server),
        }
    }

    async fn stop(self) -> SocketAddr {
        self.shutdown.request();
        self.server.await.expect("no panic");
        self.addr
    }

    fn discovery(&self) -> Discovery {
        Discovery::parse(&format!("consul:http://{}", self.addr)).expect("valid")
    }
}

fn any_port() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

fn instance(id: &str, port: u16) -> Instance {
    Instance {
        service: "orders".to_owned(),
        id: id.to_owned(),
        addr: SocketAddr::new(any_port().ip(), port),
    }
}

/// Keeps an instance registered until the shutdown it returns is requested.
fn hold(discovery: Discovery, instance: Instance) -> (Shutdown, JoinHandle<()>) {
    let until = Shutdown::new();
    let registration = Registration::new(discovery, instance);
    let requested = until.clone();
    let held = tokio::spawn(async move { registration.hold(requested.requested()).await });
    (until, held)
}

async fn sees(resolver: &Resolver, ids: &[&str]) {
    let expected = |endpoints: &[Endpoint]| {
        endpoints
            .iter()
            .map(|e| e.instance.as_str())
            .eq(ids.iter().copied())
    };
    let seen = timeout(PATIENCE, resolver.wait_for(expected)).await;
    assert!(
        seen.is_ok(),
        "expected {ids:?}, have {:?}",
        resolver.endpoints()
    );
}

#[tokio::test]
async fn instances_come_and_go_as_they_register_and_drain() {
    let registry = RunningRegistry::start(any_port()).await;
    let resolver = Resolver::start(registry.discovery(), "orders");
    timeout(PATIENCE, resolver.answered())
        .await
        .expect("an answer");
    assert!(resolver.endpoints().is_empty());

    let (first_ends, first) = hold(registry.discovery(), instance("orders-1", 7001));
    let (_second_ends, _second) = hold(registry.discovery(), instance("orders-2", 7002));
    sees(&resolver, &["orders-1", "orders-2"]).await;
    assert_eq!(resolver.endpoints()[0].addr.port(), 7001);

    first_ends.request();
    timeout(PATIENCE, first)
        .await
        .expect("it deregisters")
        .expect("no panic");
    sees(&resolver, &["orders-2"]).await;
}

#[tokio::test]
async fn an_instance_that_comes_back_elsewhere_replaces_itself() {
    let registry = RunningRegistry::start(any_port()).await;
    let discovery = registry.discovery();
    discovery
        .register(&instance("orders-1", 7001))
        .await
        .expect("registered");
    discovery
        .register(&instance("orders-1", 7009))
        .await
        .expect("registered");
    let known = discovery.watch("orders", None).await.expect("an answer");
    assert_eq!(known.endpoints.len(), 1);
    assert_eq!(known.endpoints[0].addr.port(), 7009);
}

#[tokio::test]
async fn an_instance_that_stops_renewing_is_no_longer_seen() {
    let registry = RunningRegistry::start(any_port()).await;
    let discovery = registry.discovery();
    let resolver = Resolver::start(registry.discovery(), "orders");
    discovery
        .register(&instance("orders-1", 7001))
        .await
        .expect("registered");
    sees(&resolver, &["orders-1"]).await;
    // Nobody renews it: its time to live passes.
    sees(&resolver, &[]).await;
}

#[tokio::test]
async fn a_watch_holds_until_something_changes() {
    let registry = RunningRegistry::start(any_port()).await;
    let discovery = registry.discovery();
    discovery
        .register(&instance("orders-1", 7001))
        .await
        .expect("registered");
    let known = discovery.watch("orders", None).await.expect("an answer");
    let watched = tokio::spawn({
        let discovery = discovery.clone();
        async move { discovery.watch("orders", Some(known.version)).await }
    });
    // A renewal is no change.
    let renewal = discovery
        .renew(&instance("orders-1", 7001))
        .await
        .expect("an answer");
    assert_eq!(renewal, Renewal::Renewed);
    assert!(!watched.is_finished());
    discovery
        .register(&instance("orders-2", 7002))
        .await
        .expect("registered");
    let changed = timeout(PATIENCE, watched)
        .await
        .expect("it is woken")
        .expect("no panic");
    assert_eq!(changed.expect("an answer").endpoints.len(), 2);
}

#[tokio::test]
async fn after_a_restart_instances_register_again_and_nobody_loses_sight_of_them() {
    let registry = RunningRegistry::start(any_port()).await;
    let resolver = Resolver::start(registry.discovery(), "orders");
    let (_ends, _held) = hold(registry.discovery(), instance("orders-1", 7001));
    sees(&resolver, &["orders-1"]).await;

    let addr = registry.stop().await;
    let registry = RunningRegistry::start(addr).await;
    let discovery = registry.discovery();
    let again = timeout(PATIENCE, async {
        loop {
            // Whatever the registry knows meanwhile, the resolver keeps the instance.
            assert_eq!(resolver.endpoints().len(), 1);
            let known = discovery.watch("orders", None).await.expect("an answer");
            if !known.endpoints.is_empty() {
                return;
            }
            let _ = timeout(PATIENCE, discovery.watch("orders", Some(known.version))).await;
        }
    });
    again.await.expect("it registers again");
    sees(&resolver, &["orders-1"]).await;
}

#[tokio::test]
async fn a_registry_that_is_away_is_an_error_that_says_so() {
    let discovery = Discovery::parse("consul:http://127.0.0.1:1").expect("valid");
    let error = discovery
        .watch("orders", None)
        .await
        .expect_err("nobody listens");
    assert!(matches!(error, BackendError::Unreachable(..)), "{error}");
    let gone = discovery.deregister(&instance("orders-1", 7001)).await;
    assert!(gone.is_err());
}

#[tokio::test]
async fn forgotten_instances_are_told_so() {
    let registry = RunningRegistry::start(any_port()).await;
    let discovery = registry.discovery();
    let nobody = instance("orders-1", 7001);
    assert_eq!(
        discovery.renew(&nobody).await.expect("an answer"),
        Renewal::Forgotten
    );
    discovery.deregister(&nobody).await.expect("nothing to do");
}
