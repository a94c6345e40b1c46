//! A stand-in for the gateway: answers what a test tells it to, and remembers what it was asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use checkers::history::{History, Setup};
use loadgen::clock::now_us;
use loadgen::dice::Dice;
use loadgen::drive::Drive;
use loadgen::drive::caller::Caller;
use loadgen::drive::plan::{Plan, Planner};
use loadgen::drive::population::Population;
use loadgen::drive::trace_ids::TraceIds;
use loadgen::history::{self, Writer};
use loadgen::tally::Tally;
use loadgen::view::feed::Feed;
use loadgen::workload::mix::{Reads, Refusals};
use loadgen::workload::{Mix, Workload};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

/// How to answer one kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Accept,
    /// This status, with this problem.
    Refuse(u16, &'static str),
    /// As above so many times for each key, then accept.
    RefuseFirst(u16, &'static str, u32),
    /// This status, to come back in so many seconds, once for each key; then accept.
    ComeBack(u16, &'static str),
    /// Accept; whoever reads an order without waiting for it is told that there is none.
    NotYetThere,
    /// A page where JSON should be.
    Page(u16),
    /// To be asked at another address.
    Elsewhere,
    /// JSON that breaks the contract.
    Body(u16, &'static str),
    /// Accept; who cancels an order or reads it without waiting for it is answered so.
    BodyAfterwards(&'static str),
    /// Take so long with the first request of each key, then accept.
    SlowAtFirst(Duration),
    /// Cut the connection after the request was read.
    HangUp,
    NeverAnswer,
    /// Never answer whoever ordered first, however often; accept the others.
    NeverAnswerFirst,
}

#[derive(Clone)]
pub struct Gateway {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    mood: Mood,
}

#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub key: Option<String>,
    pub traceparent: Option<String>,
    /// The connection it came by.
    pub peer: SocketAddr,
    pub at: tokio::time::Instant,
}

impl Gateway {
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let gateway = Self {
            url,
            seen: Arc::default(),
            mood,
        };
        let router = Router::new().fallback(answer).with_state(gateway.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        gateway
    }

    /// An address where nobody listens.
    pub async fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        format!("http://{}", listener.local_addr().expect("bound"))
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    pub fn orders(&self) -> Vec<Seen> {
        self.seen()
            .into_iter()
            .filter(|seen| seen.path == "/orders")
            .collect()
    }

    fn remember(&self, seen: Seen) -> u32 {
        let mut all = self.seen.lock().expect("not poisoned");
        let before = all
            .iter()
            .filter(|other| other.key == seen.key && other.path == seen.path);
        let nth = before.count() as u32;
        all.push(seen);
        nth
    }
}

async fn answer(
    State(gateway): State<Gateway>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned)
    };
    let (key, path) = (header("idempotency-key"), uri.path().to_owned());
    let traceparent = header("traceparent");
    let nth = gateway.remember(Seen {
        method: method.clone(),
        path: path.clone(),
        key: key.clone(),
        traceparent,
        peer,
        at: tokio::time::Instant::now(),
    });
    if gateway.mood == Mood::NotYetThere && method == Method::GET && uri.query().is_none() {
        return refuse(404, "unknown-order", "0");
    }
    if let Mood::BodyAfterwards(body) = gateway.mood
        && path != "/orders"
        && uri.query().is_none()
    {
        return (StatusCode::OK, body).into_response();
    }
    if method == Method::GET && !matches!(gateway.mood, Mood::Page(_) | Mood::Body(..)) {
        let ended = json!({"order_id": order_of(&path), "status": "confirmed", "version": 2});
        return Json(ended).into_response();
    }
    match gateway.mood {
        Mood::RefuseFirst(status, problem, times) if nth < times => refuse(status, problem, "0"),
        Mood::ComeBack(status, after) if nth == 0 => refuse(status, "come-back", after),
        Mood::SlowAtFirst(length) if nth == 0 => {
            tokio::time::sleep(length).await;
            accept(&path, key, &body)
        }
        Mood::NeverAnswerFirst if gateway.orders()[0].key == key => std::future::pending().await,
        Mood::Accept
        | Mood::NeverAnswerFirst
        | Mood::NotYetThere
        | Mood::BodyAfterwards(_)
        | Mood::RefuseFirst(..)
        | Mood::ComeBack(..)
        | Mood::SlowAtFirst(_) => accept(&path, key, &body),
        Mood::Refuse(status, problem) => refuse(status, problem, "0"),
        Mood::Elsewhere => {
            let headers = [(header::LOCATION, "/elsewhere")];
            (StatusCode::TEMPORARY_REDIRECT, headers, Body::empty()).into_response()
        }
        Mood::Page(code) => (status(code), "<html>Bad gateway</html>").into_response(),
        Mood::Body(code, body) => (status(code), body).into_response(),
        Mood::HangUp => {
            // An answer that breaks off in its body.
            let broken =
                futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
            Response::new(axum::body::Body::from_stream(broken))
        }
        Mood::NeverAnswer => std::future::pending().await,
    }
}

/// In the path of a cancel or a read.
fn order_of(path: &str) -> Option<Uuid> {
    path.split('/').nth(2)?.parse().ok()
}

fn accept(path: &str, key: Option<String>, body: &[u8]) -> Response {
    let new = || Uuid::new_v5(&Uuid::NAMESPACE_OID, key.unwrap_or_default().as_bytes());
    let order_id = order_of(path).unwrap_or_else(new);
    let order: Value = serde_json::from_slice(body).unwrap_or_default();
    let answer = json!({"order_id": order_id, "status": "placed", "version": 1,
        "coordination": order["coordination"]});
    let token = [(HeaderName::from_static("consistency-token"), "1")];
    let status = if path == "/orders" {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    (status, token, Json(answer)).into_response()
}

fn refuse(code: u16, problem: &str, after: &'static str) -> Response {
    let headers = [(HeaderName::from_static("retry-after"), after)];
    let body = Json(json!({"type": format!("/problems/{problem}")}));
    (status(code), headers, body).into_response()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a status")
}

// === a load generator in pieces ===

/// Plain orders, and nothing after them.
pub fn plain() -> Workload {
    let reads = Reads {
        with_token: 0.0,
        without_token: 0.0,
    };
    let mix = Mix {
        cancel: 0.0,
        refusals: Refusals::evenly(0.0),
        reads,
        ..Mix::default()
    };
    Workload {
        mix,
        ..Workload::default()
    }
}

pub struct Bench {
    pub drive: Drive,
    writer: Writer,
    path: PathBuf,
}

impl Bench {
    pub fn new(test: &str, gateways: Vec<String>) -> Self {
        Self::of(test, gateways, &plain())
    }

    pub fn of(test: &str, gateways: Vec<String>, workload: &Workload) -> Self {
        Self::before(test, gateways, workload, None)
    }

    /// Somebody looks on.
    pub fn before(
        test: &str,
        gateways: Vec<String>,
        workload: &Workload,
        onlooker: Option<Feed>,
    ) -> Self {
        let name = format!("loadgen-{}-{test}.jsonl", std::process::id());
        Self::writing_to(
            std::env::temp_dir().join(name),
            gateways,
            workload,
            onlooker,
        )
    }

    pub fn writing_to(
        path: PathBuf,
        gateways: Vec<String>,
        workload: &Workload,
        onlooker: Option<Feed>,
    ) -> Self {
        let (recorder, writer) = history::open(&path, onlooker).expect("a file");
        let population = Population::of("r1-".into(), workload);
        let drive = Drive {
            caller: Arc::new(Caller::new(gateways, Dice::new(1), 64).expect("a client")),
            planner: Arc::new(Planner::new(population, 1, workload)),
            recorder,
            tally: Arc::new(Tally::default()),
        };
        Self {
            drive,
            writer,
            path,
        }
    }

    /// The first order of the load, sent and watched to its end.
    pub async fn order(&self) -> Plan {
        let plan = self.drive.planner.arrival(0).expect("drawn");
        let ids = TraceIds::of("r1-", 1, plan.op);
        self.drive.order(&plan, &ids, now_us()).await;
        plan
    }

    /// Until nothing can be written down any more.
    pub async fn refused(&mut self) {
        self.writer.stopped().await;
    }

    /// What was written down.
    pub async fn history(self) -> History {
        drop(self.drive);
        self.writer.finish().await.expect("written");
        let found = history::read(&self.path, Setup::default()).expect("read");
        std::fs::remove_file(&self.path).expect("removed");
        found.history
    }
}

/// Polls until it is so; a minute is far beyond any of these tests.
pub async fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while !so() {
        assert!(tokio::time::Instant::now() < patience, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn completions(history: &History) -> BTreeMap<&'static str, usize> {
    use checkers::history::Completion;
    history
        .operations
        .iter()
        .fold(BTreeMap::new(), |mut counts, operation| {
            let kind = match operation.completion {
                Completion::Ok { .. } => "ok",
                Completion::Failed { .. } => "failed",
                Completion::Unknown { .. } => "unknown",
            };
            *counts.entry(kind).or_default() += 1;
            counts
        })
}
