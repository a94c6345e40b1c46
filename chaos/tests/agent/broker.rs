//! The broker's management API: a store of documents, the queues with the policies that they have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Broker {
    inner: Arc<Mutex<Inner>>,
    folder: PathBuf,
}

#[derive(Default)]
struct Inner {
    /// By path: `/permissions/%2F/orders`.
    documents: BTreeMap<String, Value>,
    /// `DELETE /policies/%2F/chaos-orders`, in order.
    changes: Vec<String>,
    /// It answers that it did, and does nothing.
    is_deaf: bool,
}

impl Broker {
    /// With a permission for orders, two queues, and three connections.
    pub fn new(folder: &Path) -> Self {
        let mut documents = BTreeMap::new();
        let permission =
            json!({ "user": "orders", "configure": ".*", "write": ".*", "read": ".*" });
        documents.insert("/permissions/%2F/orders".into(), permission);
        for queue in ["orders", "gateway"] {
            documents.insert(format!("/queues/%2F/{queue}"), json!({ "name": queue }));
        }
        let inner = Inner {
            documents,
            ..Inner::default()
        };
        let broker = Self {
            inner: Arc::new(Mutex::new(inner)),
            folder: folder.to_owned(),
        };
        for user in ["orders", "gateway", "onlooker"] {
            broker.connect(user);
        }
        broker
    }

    pub fn connect(&self, user: &str) {
        let connection = json!({ "name": format!("of-{user}"), "user": user });
        let path = format!("/connections/of-{user}");
        self.locked().documents.insert(path, connection);
    }

    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    pub fn be_deaf(&self) {
        self.locked().is_deaf = true;
    }

    pub fn document(&self, path: &str) -> Option<Value> {
        self.locked().documents.get(path).cloned()
    }

    /// All below a folder, by their last names.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let inner = self.locked();
        let below = inner.documents.keys();
        let below = below.filter_map(|path| path.strip_prefix(&format!("{folder}/")));
        below.map(str::to_owned).collect()
    }

    pub fn changes(&self) -> Vec<String> {
        self.locked().changes.clone()
    }

    /// Where `rabbitmqctl` notes what it was asked.
    pub fn asked_of_ctl(&self) -> PathBuf {
        self.folder.join("ctl-asked")
    }

    /// While this file is there, `rabbitmqctl` fails after it was obeyed.
    pub fn ctl_is_broken(&self) -> PathBuf {
        self.folder.join("ctl-broken")
    }

    pub fn ctl_calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.asked_of_ctl()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn has_memory_alarm(&self) -> bool {
        let calls = self.ctl_calls();
        let mut of_memory = calls.iter().filter(|call| call.contains("memory"));
        of_memory
            .next_back()
            .is_some_and(|call| call.ends_with(" 1"))
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nobody panics")
    }

    fn read(&self, path: &str) -> Option<Value> {
        let is_deaf = self.locked().is_deaf;
        if path == "/nodes" {
            let mem_alarm = self.has_memory_alarm() && !is_deaf;
            return Some(json!([{ "mem_alarm": mem_alarm, "disk_free_alarm": false }]));
        }
        if ["/policies/%2F", "/global-parameters", "/connections"].contains(&path) {
            let names = self.names(path);
            let all = names.iter().filter_map(|name| {
                let mut one = self.document(&format!("{path}/{name}"))?;
                one["name"] = json!(name);
                Some(one)
            });
            return Some(all.collect());
        }
        let mut document = self.document(path)?;
        if let Some(queue) = path.strip_prefix("/queues/%2F/") {
            let policy = format!("chaos-{queue}");
            if let Some(found) = self.document(&format!("/policies/%2F/{policy}")) {
                document["policy"] = json!(policy);
                document["effective_policy_definition"] = found["definition"].clone();
            }
        }
        Some(document)
    }
}

async fn answer(State(broker): State<Broker>, method: Method, uri: Uri, body: String) -> Response {
    let path = uri.path().strip_prefix("/api").expect("the API's root");
    if method != Method::GET {
        let mut inner = broker.locked();
        inner.changes.push(format!("{method} {path}"));
        if inner.is_deaf {
            return StatusCode::NO_CONTENT.into_response();
        }
    }
    let is_done = match method {
        Method::GET => match broker.read(path) {
            Some(document) => return document.to_string().into_response(),
            None => false,
        },
        Method::PUT => {
            let document = serde_json::from_str(&body).expect("JSON");
            broker.locked().documents.insert(path.into(), document);
            true
        }
        _ => broker.locked().documents.remove(path).is_some(),
    };
    match is_done {
        true => StatusCode::NO_CONTENT.into_response(),
        false => (StatusCode::NOT_FOUND, "Object Not Found").into_response(),
    }
}
