//! An agent, and all that it breaks, as stand-ins.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use chaos::agent::experiments::{ExperimentError, Experiments};
use chaos::agent::site::Site;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::broker::Broker;
use crate::control::Control;

/// How long a test waits for what must happen; only a failing one ever does.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than any test.
const TERM: Duration = Duration::from_secs(600);

pub struct Stage {
    pub experiments: Arc<Experiments>,
    pub control: Control,
    pub broker: Broker,
    folder: PathBuf,
}

impl Stage {
    pub async fn open() -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let nth = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("breakwater-agent-{}-{nth}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let control = Control::default();
        let broker = Broker::new(&folder);
        let file = |name: &str, text: Value| {
            let path = folder.join(name);
            std::fs::write(&path, text.to_string()).expect("a file");
            path
        };
        let control_url = serve(control.router()).await;
        let settings = json!({
            "listen": "127.0.0.1:0",
            "token": "token",
            "endpoints": file("endpoints.json", json!({ "control": control_url })),
            "secrets": file("secrets.json", json!({ "control_token": "token" })),
            "broker": {
                "management": serve(broker.router()).await,
                "user": "admin",
                "password": "password",
                "ctl": concat!(env!("CARGO_MANIFEST_DIR"), "/tests/agent/rabbitmqctl"),
                "ctl_env": { "ASKED": broker.asked_of_ctl(), "BROKEN": broker.ctl_is_broken() },
            },
        });
        let settings = serde_json::from_value(settings).expect("settings");
        let site = Arc::new(Site::open(settings).await.expect("a site"));
        Self {
            experiments: Arc::new(Experiments::new(site, folder.join("marker"))),
            control,
            broker,
            folder,
        }
    }

    pub async fn begin(&self) -> u64 {
        self.begin_for(TERM).await
    }

    pub async fn begin_for(&self, term: Duration) -> u64 {
        let begun = self.experiments.begin("a test".into(), term).await;
        begun.expect("nothing else runs").id
    }

    /// Of a service or a process, for longer than any test.
    pub async fn inject(
        &self,
        id: u64,
        fault: &str,
        of: Value,
        with: Value,
    ) -> Result<u64, ExperimentError> {
        let order = json!({
            "fault": fault,
            "name": fault,
            "of": of,
            "blast_radius": "all",
            "with": with,
            "seed": 1,
            "duration_ms": TERM.as_millis() as u64,
            "kills_left": 9,
        });
        let order = serde_json::from_value(order).expect("an order");
        self.experiments.inject(id, order).await
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Waits until `holds`, and says what did not if it never does.
pub async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
