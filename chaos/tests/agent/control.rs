//! The platform's control API: two instances of orders, a gateway, a broker, and the agent itself.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

#[derive(Clone)]
pub struct Control {
    inner: Arc<Mutex<Inner>>,
    /// Scaling waits for one of these.
    pub scaling: Arc<Semaphore>,
}

#[derive(Default)]
struct Inner {
    processes: Vec<Value>,
    /// `pause orders-1`, in order.
    acts: Vec<String>,
    /// It does what it is asked, and nobody can read its answer.
    garbles: Option<&'static str>,
    /// It answers that it did, and does nothing.
    is_deaf: bool,
}

fn process(name: &str, service: &str, kind: &str, pid: u32) -> Value {
    json!({
        "name": name,
        "service": service,
        "kind": kind,
        "pid": pid,
        "state": "running",
        "ready": true,
        "restarts": 0,
        "admin_addr": null,
    })
}

impl Default for Control {
    fn default() -> Self {
        // No real process is ever signalled: these numbers are only told.
        let processes = vec![
            process("orders-1", "orders", "service", 1_000_001),
            process("orders-2", "orders", "service", 1_000_002),
            process("gateway-1", "gateway", "service", 1_000_003),
            process("rabbitmq", "rabbitmq", "server", 1_000_004),
            process("chaos", "chaos", "server", std::process::id()),
        ];
        let inner = Inner {
            processes,
            ..Inner::default()
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            scaling: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }
}

impl Control {
    pub fn router(&self) -> Router {
        Router::new()
            .route("/processes", get(processes))
            .route("/processes/{name}/{action}", post(act))
            .route("/services/{service}/scale", post(scale))
            .with_state(self.clone())
    }

    /// What it answers to the next `action` cannot be read, though it was done.
    pub fn garble(&self, action: &'static str) {
        self.locked().garbles = Some(action);
    }

    pub fn be_deaf(&self) {
        self.locked().is_deaf = true;
    }

    /// What was asked long ago is done only now.
    pub fn pause_late(&self, name: &str) {
        let mut inner = self.locked();
        let mut all = inner.processes.iter_mut();
        let found = all.find(|one| one["name"] == name).expect("there is one");
        found["state"] = "paused".into();
    }

    pub fn acts(&self) -> Vec<String> {
        self.locked().acts.clone()
    }

    pub fn state(&self, name: &str) -> String {
        let inner = self.locked();
        let found = inner.processes.iter().find(|one| one["name"] == name);
        let state = found.expect("there is one")["state"].as_str();
        state.expect("a word").to_owned()
    }

    pub fn count(&self, service: &str) -> usize {
        let inner = self.locked();
        let of_it = inner.processes.iter();
        of_it.filter(|one| one["service"] == service).count()
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nobody panics")
    }

    fn answer(&self, action: &str, answer: Value) -> String {
        let garbled = self.locked().garbles.take_if(|garbled| *garbled == action);
        garbled.map_or_else(|| answer.to_string(), |_| "half an ans".into())
    }
}

async fn processes(State(control): State<Control>) -> Json<Vec<Value>> {
    Json(control.locked().processes.clone())
}

async fn act(
    State(control): State<Control>,
    Path((name, action)): Path<(String, String)>,
) -> String {
    {
        let mut inner = control.locked();
        inner.acts.push(format!("{action} {name}"));
        let mut all = inner.processes.iter_mut();
        let found = all.find(|one| one["name"] == *name).expect("there is one");
        match action.as_str() {
            "pause" => found["state"] = "paused".into(),
            "resume" => found["state"] = "running".into(),
            _ => {}
        }
    }
    let done = json!({ "name": name, "pid": 1_000_000, "signal": action, "at_ms": 1 });
    control.answer(&action, done)
}

async fn scale(
    State(control): State<Control>,
    Path(service): Path<String>,
    Json(wanted): Json<Value>,
) -> String {
    let permit = control.scaling.acquire().await.expect("it stays open");
    permit.forget();
    let count = wanted["instances"].as_u64().expect("a number") as u32;
    let names: Vec<String> = (1..=count).map(|nth| format!("{service}-{nth}")).collect();
    {
        let mut inner = control.locked();
        if !inner.is_deaf {
            inner.processes.retain(|one| one["service"] != *service);
            let all = names.iter().zip(1_000_010..);
            let all = all.map(|(name, pid)| process(name, &service, "service", pid));
            inner.processes.extend(all);
        }
    }
    control.answer("scale", json!({ "instances": names }))
}
