//! What a test holds of the running system.

use crate::{
    eventually,
    platform::{Known, known},
};
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;
use sqlx::PgPool;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Longer than the longest hold of the API.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(45);

/// Tests that only use the system share it; one that disturbs everybody has it alone.
static PEACE: RwLock<()> = RwLock::const_new(());

/// The system, for as long as a test runs.
pub struct System {
    pub known: &'static Known,
    client: Client,
    turn: AtomicUsize,
    _peace: Peace,
}

enum Peace {
    Shared(#[allow(dead_code, reason = "held, not read")] RwLockReadGuard<'static, ()>),
    Alone(#[allow(dead_code, reason = "held, not read")] RwLockWriteGuard<'static, ()>),
}

/// An HTTP answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The slug of a problem.
    pub fn problem(&self) -> &str {
        let kind = self.headers.get("content-type").map(|v| v.as_bytes());
        assert_eq!(kind, Some(&b"application/problem+json"[..]), "{self:?}");
        let slug = self.body["type"].as_str().unwrap_or_default();
        slug.strip_prefix("/problems/").unwrap_or(slug)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl System {
    /// Beside other tests.
    pub async fn shared() -> Self {
        let peace = Peace::Shared(PEACE.read().await);
        Self::enter(peace, false).await
    }

    /// Alone, for what would disturb other tests.
    pub async fn alone() -> Self {
        let peace = Peace::Alone(PEACE.write().await);
        Self::enter(peace, false).await
    }

    /// Alone, with proxies on its links.
    pub async fn breakable() -> Self {
        let peace = Peace::Alone(PEACE.write().await);
        Self::enter(peace, true).await
    }

    async fn enter(peace: Peace, links: bool) -> Self {
        let known = tokio::task::spawn_blocking(move || known(links))
            .await
            .expect("the platform starts");
        let client = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .build()
            .expect("a client");
        let system = Self {
            known,
            client,
            turn: AtomicUsize::new(0),
            _peace: peace,
        };
        system.everything_is_ready().await;
        system
    }

    /// A request to one gateway after the other.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let gateways = &self.known.endpoints.gateway;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let gateway = &gateways[turn % gateways.len()];
        self.client.request(method, format!("{gateway}{path}"))
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// A body, under an idempotency key.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path);
        send(request.header("idempotency-key", key).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    /// Read-only, in the database of a service.
    pub async fn database(&self, name: &str) -> PgPool {
        let url = &self.known.secrets.databases[name];
        PgPool::connect(url).await.expect("the verifier may read")
    }

    /// A number from a database.
    pub async fn count(&self, database: &str, query: &'static str) -> i64 {
        let pool = self.database(database).await;
        let count = sqlx::query_scalar(query).fetch_one(&pool).await;
        pool.close().await;
        count.expect("a number")
    }

    /// `kill`, `pause`, `resume`, `restart` of a process.
    pub async fn control(&self, process: &str, verb: &str) {
        let url = format!(
            "{}/processes/{process}/{verb}",
            self.known.endpoints.control
        );
        let request = self.client.post(url);
        let answer = send(request.bearer_auth(&self.known.secrets.control_token)).await;
        assert!(answer.status < 300, "{verb} {process}: {answer:?}");
    }

    pub async fn processes(&self) -> Vec<Value> {
        let url = format!("{}/processes", self.known.endpoints.control);
        let request = self.client.get(url);
        let answer = send(request.bearer_auth(&self.known.secrets.control_token)).await;
        answer.body.as_array().cloned().unwrap_or_default()
    }

    pub async fn everything_is_ready(&self) {
        eventually("every process is ready", async || {
            let processes = self.processes().await;
            let ready = processes.iter().all(|process| process["ready"] == true);
            (ready && !processes.is_empty()).then_some(())
        })
        .await;
    }

    /// RabbitMQ's management API, as its administrator.
    pub fn broker(&self, method: Method, path: &str) -> RequestBuilder {
        let (user, password) = self.broker_admin();
        let base = &self.known.endpoints.rabbitmq_management;
        self.client
            .request(method, format!("{base}/api{path}"))
            .basic_auth(user, Some(password))
    }

    fn broker_admin(&self) -> (&str, &str) {
        let url = self.known.admin_amqp_url.trim_start_matches("amqp://");
        let credentials = url.split('@').next().unwrap_or_default();
        credentials.split_once(':').unwrap_or_default()
    }

    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// Sends, and reads the answer to its end.
pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.expect("a whole answer");
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer {
        status,
        headers,
        body,
    }
}
