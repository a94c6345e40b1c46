//! The broker's management API as an administrator, and `rabbitmqctl`.

use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, Method};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::control::no_answer;
use super::settings::BrokerSettings;
use crate::fault::FaultError;

/// It answers from its own tables; a broker under load takes a moment.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// A second Erlang VM has to start for it.
const CTL_TIMEOUT: Duration = Duration::from_secs(60);

/// It tells queues and nodes by statistics of every five seconds; twice that, and a moment.
const EFFECT_WITHIN: Duration = Duration::from_secs(12);
/// Between two looks for an effect.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The one virtual host, as paths spell it.
pub const VHOST: &str = "%2F";

pub struct Management {
    http: Client,
    settings: BrokerSettings,
}

impl Management {
    pub fn new(settings: BrokerSettings) -> Self {
        Self {
            http: Client::builder().no_proxy().build().unwrap_or_default(),
            settings,
        }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, FaultError> {
        let body = self.ask(Method::GET, path, None).await?;
        serde_json::from_str(&body).map_err(|error| FaultError::Unknown {
            what: format!("GET {path}"),
            why: error.to_string(),
        })
    }

    /// Until the answer shows that what was ordered is in force.
    pub async fn shows<T: DeserializeOwned>(
        &self,
        path: &str,
        is_in_force: impl Fn(&T) -> bool,
    ) -> Result<(), FaultError> {
        let look = async {
            // One answer that is missing proves nothing; the next may be there.
            while !self.get::<T>(path).await.is_ok_and(|it| is_in_force(&it)) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let seen = timeout(EFFECT_WITHIN, look).await;
        seen.map_err(|_| FaultError::NoEffect {
            what: format!("GET {path}"),
            within_s: EFFECT_WITHIN.as_secs(),
        })
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<(), FaultError> {
        self.ask(Method::PUT, path, Some(body)).await.map(drop)
    }

    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, FaultError> {
        let body = self.ask(Method::POST, path, Some(body)).await?;
        serde_json::from_str(&body).map_err(|error| FaultError::Unknown {
            what: format!("POST {path}"),
            why: error.to_string(),
        })
    }

    /// What is created has no name of its own, and nothing is answered.
    pub async fn create(&self, path: &str, body: &Value) -> Result<(), FaultError> {
        self.ask(Method::POST, path, Some(body)).await.map(drop)
    }

    /// Whether there was one; that there is none is no failure.
    pub async fn delete(&self, path: &str) -> Result<bool, FaultError> {
        match self.ask(Method::DELETE, path, None).await {
            Ok(_) => Ok(true),
            Err(FaultError::Refused { why, .. }) if why.starts_with("404") => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub async fn ctl(&self, arguments: &[&str]) -> Result<(), FaultError> {
        let what = format!("rabbitmqctl {}", arguments.join(" "));
        let mut command = Command::new(&self.settings.ctl);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(&self.settings.ctl_env)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let unknown = |why: String| FaultError::Unknown {
            what: what.clone(),
            why,
        };
        let ended = timeout(CTL_TIMEOUT, command.output()).await;
        let output = ended
            .map_err(|_| unknown("it took too long".into()))?
            .map_err(|error| unknown(error.to_string()))?;
        match output.status.success() {
            true => Ok(()),
            // It may have lost the node after it was obeyed.
            false => Err(unknown(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            )),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<String, FaultError> {
        let what = format!("{method} {path}");
        let url = format!(
            "{}/api{path}",
            self.settings.management.trim_end_matches('/')
        );
        let mut request = self
            .http
            .request(method, url)
            .basic_auth(&self.settings.user, Some(&self.settings.password))
            .timeout(ANSWER_TIMEOUT);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request
            .send()
            .await
            .map_err(|error| no_answer(&what, &error))?;
        let status = response.status();
        let text = response
            .text()
            .await
            .map_err(|error| no_answer(&what, &error))?;
        match status.is_success() {
            true => Ok(text),
            false => Err(FaultError::Refused {
                what,
                why: format!("{status} {text}"),
            }),
        }
    }
}
