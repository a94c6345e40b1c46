//! The local platform, through its control API on loopback.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Capability, Killed, Process, Target, TargetError};

/// The control API only signals processes and reads its own tables; seconds mean it hangs.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

pub struct Local {
    http: Client,
    url: String,
    token: String,
}

#[derive(Deserialize)]
struct Endpoints {
    control: String,
}

/// What `.run/secrets.json` has for this tool.
#[derive(Deserialize)]
pub struct Secrets {
    control_token: String,
}

impl Local {
    pub fn from_files(endpoints: &Path, secrets: &Path) -> Result<Self, TargetError> {
        let endpoints: Endpoints = read(endpoints)?;
        let secrets: Secrets = read(secrets)?;
        Ok(Self::new(endpoints.control, secrets.control_token))
    }

    pub fn new(url: String, token: String) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        Self {
            http: Client::new(),
            url,
            token,
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        what: String,
    ) -> Result<T, TargetError> {
        let unreachable = |source| TargetError::Unreachable {
            url: self.url.clone(),
            source,
        };
        let request = request.bearer_auth(&self.token).timeout(ANSWER_TIMEOUT);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.text().await.map_err(unreachable)?;
        if !status.is_success() {
            return Err(TargetError::Refused {
                request: what,
                status: status.as_u16(),
                body,
            });
        }
        serde_json::from_str(&body).map_err(|source| TargetError::Format { path: what, source })
    }
}

impl Target for Local {
    fn capabilities(&self) -> &'static [Capability] {
        &[Capability::Kill]
    }

    async fn processes(&self) -> Result<Vec<Process>, TargetError> {
        self.ask(
            self.http.get(format!("{}/processes", self.url)),
            "GET /processes".into(),
        )
        .await
    }

    async fn kill(&self, name: &str) -> Result<Killed, TargetError> {
        let path = format!("/processes/{name}/kill");
        self.ask(
            self.http.post(format!("{}{path}", self.url)),
            format!("POST {path}"),
        )
        .await
    }

    /// A killed process that its parent has not waited for yet is a zombie: it does nothing any more.
    fn is_gone(&self, pid: u32) -> bool {
        match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
            // `pid (name) state …`; the name may hold anything, so the state is what follows the last bracket.
            Ok(stat) => stat
                .rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with(['Z', 'X'])),
            Err(_) => true,
        }
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, TargetError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| TargetError::File {
        path: shown.clone(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| TargetError::Format {
        path: shown,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_process_is_not_gone_and_an_impossible_one_is() {
        let local = Local::new("http://127.0.0.1:1".into(), "t".into());
        assert!(!local.is_gone(std::process::id()));
        // Above the largest pid a Linux kernel gives out (2^22).
        assert!(local.is_gone(4_194_305));
    }

    #[test]
    fn the_token_is_not_shown() {
        let local = Local::new("http://127.0.0.1:1".into(), "hush".into());
        assert!(!format!("{local:?}").contains("hush"));
    }
}
