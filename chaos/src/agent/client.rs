//! The harness's side of the agent's API.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::api::{Begin, Number, Situation};
use super::control::Process;
use super::experiments::Ticket;
use super::held::Told;
use crate::fault::Order;

/// A fault may have to wait for the broker's or the database's word, and healing for both.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(90);

#[derive(Clone)]
pub struct Agent {
    http: Client,
    url: String,
    token: String,
}

#[derive(Deserialize)]
struct Endpoints {
    chaos: Option<String>,
}

#[derive(Deserialize)]
struct Secrets {
    chaos_token: Option<String>,
}

/// Why the agent could not be asked, or would not.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error("cannot read {path}: {source}. Start the platform first (make up), or name the file")]
    File {
        path: String,
        source: std::io::Error,
    },
    #[error("{path} is not what the platform writes: {source}")]
    Format {
        path: String,
        source: serde_json::Error,
    },
    #[error("{0} names no chaos agent: this platform was started without one")]
    NoAgent(String),
    #[error("the agent at {url} cannot be reached: {source}. Is the platform running?")]
    Unreachable { url: String, source: reqwest::Error },
    #[error("{request}: no answer, so it may have happened: {source}")]
    Unknown {
        request: String,
        source: reqwest::Error,
    },
    #[error("{detail}")]
    Refused { status: StatusCode, detail: String },
}

impl Agent {
    pub fn from_files(endpoints: &Path, secrets: &Path) -> Result<Self, AgentError> {
        let url = read::<Endpoints>(endpoints)?.chaos;
        let token = read::<Secrets>(secrets)?.chaos_token;
        match url.zip(token) {
            Some((url, token)) => Ok(Self::new(&url, token)),
            None => Err(AgentError::NoAgent(endpoints.display().to_string())),
        }
    }

    pub fn new(url: &str, token: String) -> Self {
        Self {
            http: Client::builder().no_proxy().build().unwrap_or_default(),
            url: url.trim_end_matches('/').to_owned(),
            token,
        }
    }

    pub async fn state(&self) -> Result<Situation, AgentError> {
        self.json(self.http.get(self.at("/state"))).await
    }

    pub async fn processes(&self) -> Result<Vec<Process>, AgentError> {
        self.json(self.http.get(self.at("/processes"))).await
    }

    pub async fn begin(&self, title: &str, term: Duration) -> Result<Ticket, AgentError> {
        let begin = Begin {
            title: title.to_owned(),
            term_ms: term.as_millis() as u64,
        };
        self.json(self.http.post(self.at("/experiments")).json(&begin))
            .await
    }

    pub async fn heartbeat(&self, id: u64) -> Result<(), AgentError> {
        let path = format!("/experiments/{id}/heartbeat");
        self.ask(self.http.post(self.at(&path))).await.map(drop)
    }

    pub async fn inject(&self, id: u64, order: &Order) -> Result<u64, AgentError> {
        let path = format!("/experiments/{id}/faults");
        let number: Number = self
            .json(self.http.post(self.at(&path)).json(order))
            .await?;
        Ok(number.number)
    }

    pub async fn told(&self, id: u64, fault: u64) -> Result<Told, AgentError> {
        let path = format!("/experiments/{id}/faults/{fault}");
        self.json(self.http.get(self.at(&path))).await
    }

    pub async fn end(&self, id: u64, fault: u64) -> Result<Told, AgentError> {
        let path = format!("/experiments/{id}/faults/{fault}");
        self.json(self.http.delete(self.at(&path))).await
    }

    pub async fn finish(&self, id: u64) -> Result<(), AgentError> {
        let path = format!("/experiments/{id}");
        self.ask(self.http.delete(self.at(&path))).await.map(drop)
    }

    pub async fn heal(&self) -> Result<(), AgentError> {
        self.ask(self.http.delete(self.at("/experiments")))
            .await
            .map(drop)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, AgentError> {
        let body = self.ask(request).await?;
        serde_json::from_str(&body).map_err(|source| AgentError::Format {
            path: self.url.clone(),
            source,
        })
    }

    async fn ask(&self, request: RequestBuilder) -> Result<String, AgentError> {
        let request = request.bearer_auth(&self.token).timeout(ANSWER_TIMEOUT);
        let no_answer = |source: reqwest::Error| match source.is_connect() {
            true => AgentError::Unreachable {
                url: self.url.clone(),
                source,
            },
            false => AgentError::Unknown {
                request: source.url().map_or_else(String::new, ToString::to_string),
                source,
            },
        };
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        let body = response.text().await.map_err(no_answer)?;
        match status.is_success() {
            true => Ok(body),
            false => Err(AgentError::Refused {
                status,
                detail: detail(&body).unwrap_or(body),
            }),
        }
    }
}

fn detail(body: &str) -> Option<String> {
    let problem: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(problem.get("detail")?.as_str()?.to_owned())
}

/// A file that the platform wrote.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, AgentError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| AgentError::File {
        path: shown.clone(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| AgentError::Format {
        path: shown,
        source,
    })
}
