//! A site whose servers are stubs.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, StatusCode, Uri};
use chaos::agent::settings::{BrokerSettings, Settings};
use chaos::agent::site::Site;
use chaos::experiment::{BlastRadius, Of};
use chaos::fault::{self, FaultError, Injected, Order};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Nobody's.
const NOWHERE: &str = "http://127.0.0.1:1";

pub struct Addresses {
    pub control: String,
    pub management: String,
    pub database: String,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            control: NOWHERE.into(),
            management: NOWHERE.into(),
            database: "postgres://127.0.0.1:1/orders?sslmode=disable".into(),
        }
    }
}

pub async fn site(test: &str, addresses: Addresses) -> Site {
    let folder = format!("breakwater-faults-{test}-{}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str, content: Value| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, content.to_string()).expect("a file");
        path
    };
    let settings = Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        token: String::new(),
        endpoints: file("endpoints.json", json!({ "control": addresses.control })),
        secrets: file("secrets.json", json!({ "control_token": "" })),
        links: Vec::new(),
        broker: Some(BrokerSettings {
            management: addresses.management,
            user: "admin".into(),
            password: "admin".into(),
            ctl: "/bin/false".into(),
            ctl_env: BTreeMap::new(),
        }),
        databases: [("orders".to_owned(), addresses.database)].into(),
    };
    Site::open(settings).await.expect("it has no links")
}

pub fn order(fault: &str, with: Value) -> Order {
    Order {
        fault: fault.into(),
        name: format!("{fault} /0"),
        of: Of::default(),
        blast_radius: BlastRadius::One,
        with,
        seed: 1,
        duration_ms: 60_000,
        kills_left: 9,
    }
}

pub async fn inject(site: &Site, order: &Order) -> Result<Injected, FaultError> {
    let kind = fault::named(&order.fault).expect("there is one");
    let fault = (kind.read)(&order.fault, order.with.clone()).expect("its parameters");
    fault.inject(site, order).await
}

pub fn error(injected: Result<Injected, FaultError>) -> String {
    match injected {
        Ok(_) => panic!("it was worked"),
        Err(error) => error.to_string(),
    }
}

/// What a stub was told, as `PUT /queues/…` and the body.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<(String, Value)>>>);

impl Heard {
    /// Those that change something.
    pub fn changes(&self) -> Vec<String> {
        let all = self.0.lock().expect("nobody panics");
        let asked = all.iter().map(|(asked, _)| asked.clone());
        asked.filter(|asked| !asked.starts_with("GET")).collect()
    }

    pub fn count(&self, asked: &str) -> usize {
        let all = self.0.lock().expect("nobody panics");
        all.iter().filter(|(it, _)| it == asked).count()
    }

    pub fn body(&self, asked: &str) -> Value {
        let all = self.0.lock().expect("nobody panics");
        let found = all.iter().find(|(it, _)| it == asked);
        found.expect("it was asked").1.clone()
    }

    pub fn forget(&self) {
        self.0.lock().expect("nobody panics").clear();
    }
}

/// A server that answers by method, path and the number of the times it was asked just that.
pub async fn stub(
    answer: impl Fn(&str, usize) -> (u16, Value) + Clone + Send + Sync + 'static,
) -> (String, Heard) {
    let heard = Heard::default();
    let kept = heard.clone();
    let answering = move |method: Method, uri: Uri, body: Bytes| {
        let (kept, answer) = (kept.clone(), answer.clone());
        async move {
            let asked = format!("{method} {}", uri.path());
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let mut all = kept.0.lock().expect("nobody panics");
            let before = all.iter().filter(|(it, _)| *it == asked).count();
            let (status, value) = answer(&asked, before);
            all.push((asked, body));
            let status = StatusCode::from_u16(status).expect("a status");
            // As the management API: an answer that has nothing to tell is empty.
            let text = if value.is_null() {
                String::new()
            } else {
                value.to_string()
            };
            (status, text)
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let router = Router::new().fallback(answering);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

/// Until there is some.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < until, "not seen: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
