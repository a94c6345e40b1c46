//! Processes, through the control API of the platform.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::fault::{Capability, FaultError};
use crate::receipt::Receipt;

/// It only signals processes and reads its own tables; seconds mean it hangs.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// Instances that leave may finish what they do.
const SCALE_TIMEOUT: Duration = Duration::from_secs(30);
/// Between a signal and the kernel's burial lie microseconds, and the supervisor's look at it.
pub(crate) const BURIAL: Duration = Duration::from_secs(5);
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What was scaled is in the list at once, whether ready or not.
const ROSTER_WITHIN: Duration = Duration::from_secs(5);

/// One of those that have points to end at, if any has.
const PARTICIPANT: &str = "orders";

/// The files are read when they are needed: the platform writes them last of all.
#[derive(Clone)]
pub struct Control {
    http: Client,
    endpoints: PathBuf,
    secrets: PathBuf,
}

#[derive(Deserialize)]
struct Endpoints {
    control: String,
}

#[derive(Deserialize)]
struct Secrets {
    control_token: String,
}

/// One process of the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub name: String,
    pub service: String,
    /// `service` or `server`.
    pub kind: String,
    /// `None` while it is not running.
    pub pid: Option<u32>,
    pub state: String,
    pub ready: bool,
    pub restarts: u64,
    /// Of a service: where operators ask it.
    pub admin_addr: Option<String>,
    /// How its life before this one ended, in the supervisor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_exit: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Kill,
    Terminate,
    Pause,
    Resume,
    Restart,
    FillDisk,
    FreeDisk,
}

/// The platform's word that it was done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Done {
    pub name: String,
    pub pid: u32,
    pub signal: String,
    pub at_ms: u64,
}

/// Which instances there are then, the list of processes tells better.
#[derive(Deserialize)]
struct Scaled {}

impl Process {
    pub fn is_service(&self) -> bool {
        self.kind == "service"
    }

    pub fn is_paused(&self) -> bool {
        self.state == "paused"
    }
}

impl Action {
    fn label(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Terminate => "terminate",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Restart => "restart",
            Self::FillDisk => "fill-disk",
            Self::FreeDisk => "free-disk",
        }
    }
}

impl Control {
    pub fn new(endpoints: PathBuf, secrets: PathBuf) -> Self {
        Self {
            // A proxy of the user's shell has no business between us and the platform.
            http: Client::builder().no_proxy().build().unwrap_or_default(),
            endpoints,
            secrets,
        }
    }

    pub async fn processes(&self) -> Result<Vec<Process>, FaultError> {
        let url = self.url()?;
        let request = self.http.get(format!("{url}/processes"));
        self.ask(request, "GET /processes".into(), ANSWER_TIMEOUT)
            .await
    }

    pub async fn act(&self, name: &str, action: Action) -> Result<Done, FaultError> {
        let path = format!("/processes/{name}/{}", action.label());
        let request = self.http.post(format!("{}{path}", self.url()?));
        self.ask(request, format!("POST {path}"), ANSWER_TIMEOUT)
            .await
    }

    pub async fn scale(&self, service: &str, instances: u64) -> Result<(), FaultError> {
        let path = format!("/services/{service}/scale");
        let request = self.http.post(format!("{}{path}", self.url()?));
        let request = request.json(&json!({ "instances": instances }));
        let asked = self.ask(request, format!("POST {path}"), SCALE_TIMEOUT);
        asked.await.map(|_: Scaled| ())
    }

    /// Until the list of processes has so many of a service.
    pub async fn shows(&self, service: &str, instances: u64) -> Result<(), FaultError> {
        let of_it = |one: &&Process| one.is_service() && one.service == service;
        let count = |all: Vec<Process>| all.iter().filter(of_it).count() as u64;
        let look = async {
            while self.processes().await.map(count).ok() != Some(instances) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let seen = tokio::time::timeout(ROSTER_WITHIN, look).await;
        seen.map_err(|_| FaultError::NoEffect {
            what: format!("{instances} instances of {service}"),
            within_s: ROSTER_WITHIN.as_secs(),
        })
    }

    /// It ends when it comes to `point` within `term`; no term, and it goes on.
    pub async fn crash_at(
        &self,
        victim: &Process,
        point: &str,
        term: Duration,
    ) -> Result<(), FaultError> {
        let incapable = || FaultError::Incapable(Capability::CrashPoints);
        let admin = victim.admin_addr.as_ref().ok_or_else(incapable)?;
        let url = format!("http://{admin}/crash-points/{point}");
        let request = self.http.put(&url).timeout(ANSWER_TIMEOUT);
        let response = request
            .query(&[("term_ms", term.as_millis() as u64)])
            .send()
            .await;
        let response = response.map_err(|error| no_answer(&url, &error))?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(incapable()),
        }
    }

    /// Whether services were built with points to end at; `None`: none could be asked.
    pub async fn has_crash_points(&self) -> Option<bool> {
        let all = self.processes().await.ok()?;
        let participant = all.iter().find(|one| one.service == PARTICIPANT)?;
        let url = format!("http://{}/crash-points", participant.admin_addr.as_ref()?);
        let response = self
            .http
            .get(url)
            .timeout(ANSWER_TIMEOUT)
            .send()
            .await
            .ok()?;
        Some(response.status().is_success())
    }

    /// Whether the victim of this receipt was seen to be gone: another process has its name, or none.
    pub async fn is_gone(&self, receipt: &Receipt) -> bool {
        let seen = async {
            loop {
                let all = self.processes().await.unwrap_or_default();
                let now = all.iter().find(|one| one.name == receipt.name);
                if now.is_some_and(|now| now.pid != receipt.pid) {
                    return;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(BURIAL, seen).await.is_ok()
    }

    fn url(&self) -> Result<String, FaultError> {
        let endpoints: Endpoints = read(&self.endpoints)?;
        Ok(endpoints.control.trim_end_matches('/').to_owned())
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        what: String,
        within: Duration,
    ) -> Result<T, FaultError> {
        let token = read::<Secrets>(&self.secrets)?.control_token;
        let response = request.bearer_auth(token).timeout(within).send().await;
        let response = response.map_err(|error| no_answer(&what, &error))?;
        let status = response.status();
        let body = response
            .text()
            .await
            .map_err(|error| no_answer(&what, &error))?;
        if !status.is_success() {
            return Err(FaultError::Refused {
                what,
                why: format!("{status} {body}"),
            });
        }
        serde_json::from_str(&body).map_err(|error| FaultError::Unknown {
            what,
            why: error.to_string(),
        })
    }
}

/// A connection that never was has done nothing; any other silence may have.
pub(crate) fn no_answer(what: &str, error: &reqwest::Error) -> FaultError {
    let (what, why) = (what.to_owned(), error.to_string());
    match error.is_connect() {
        true => FaultError::Refused { what, why },
        false => FaultError::Unknown { what, why },
    }
}

fn read<T: DeserializeOwned>(path: &std::path::Path) -> Result<T, FaultError> {
    let refused = |why: String| FaultError::Refused {
        what: path.display().to_string(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| refused(error.to_string()))
}
