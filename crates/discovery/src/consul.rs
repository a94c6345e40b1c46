//! Consul's HTTP API: TTL checks to announce, blocking queries to look up.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::{Backend, BackendError, Endpoint, Instance, Known, Renewal, SettingError};

/// How long an instance counts as up after its last renewal: three renewals and some, so that one lost packet or
/// one long pause of a scheduler takes nobody out.
const TIME_TO_LIVE: &str = "5s";

/// When an instance that stopped renewing is removed altogether. Consul knows no shorter time.
const REMOVED_AFTER: &str = "1m";

/// How long a blocking query holds when nothing changes; shorter than what proxies cut idle connections at.
const LONG_POLL: Duration = Duration::from_secs(20);

/// Consul adds up to a sixteenth of the wait as jitter; the rest is for a busy machine.
const LONG_POLL_MARGIN: Duration = Duration::from_secs(5);

/// A registration or a renewal is answered from memory.
const CALL_LIMIT: Duration = Duration::from_secs(2);

/// The registry is near: a connection that takes longer is not coming.
const CONNECT_LIMIT: Duration = Duration::from_millis(500);

/// A Consul agent, or what speaks like one.
#[derive(Clone, Debug)]
pub struct Consul {
    base: String,
    client: Client,
}

impl Consul {
    pub(crate) fn new(url: &str) -> Result<Self, SettingError> {
        let valid =
            reqwest::Url::parse(url).is_ok_and(|url| url.scheme() == "http" && url.has_host());
        if !valid {
            return Err(SettingError::new(format!("{url:?} is no http:// URL")));
        }
        let client = Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT_LIMIT)
            .build()
            .map_err(|error| SettingError::new(error.to_string()))?;
        Ok(Self {
            base: url.trim_end_matches('/').to_owned(),
            client,
        })
    }

    async fn call(
        &self,
        request: RequestBuilder,
        limit: Duration,
    ) -> Result<Response, BackendError> {
        let response = request.timeout(limit).send().await;
        response.map_err(|error| BackendError::Unreachable(self.base.clone(), error.to_string()))
    }

    async fn put(&self, path: String) -> Result<Response, BackendError> {
        self.call(self.client.put(path), CALL_LIMIT).await
    }

    async fn success(&self, response: Response) -> Result<Response, BackendError> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let reason = response.text().await.unwrap_or_default();
        Err(BackendError::Refused(
            self.base.clone(),
            format!("{status} {}", reason.trim()),
        ))
    }

    fn malformed(&self, error: impl ToString) -> BackendError {
        BackendError::Malformed(self.base.clone(), error.to_string())
    }
}

impl Backend for Consul {
    async fn watch(&self, service: &str, seen: Option<u64>) -> Result<Known, BackendError> {
        let request = self
            .client
            .get(format!("{}/v1/health/service/{service}", self.base));
        let request = match seen {
            None => request.query(&[("passing", "1")]),
            Some(index) => request.query(&[
                ("passing", "1"),
                ("index", &index.to_string()),
                ("wait", &format!("{}s", LONG_POLL.as_secs())),
            ]),
        };
        let response = self.call(request, LONG_POLL + LONG_POLL_MARGIN).await?;
        let response = self.success(response).await?;
        let index = response.headers().get("x-consul-index");
        let version = index
            .and_then(|index| index.to_str().ok()?.parse().ok())
            .ok_or_else(|| self.malformed("there is no X-Consul-Index"))?;
        let entries: Vec<HealthEntry> = response
            .json()
            .await
            .map_err(|error| self.malformed(error))?;
        let mut endpoints: Vec<Endpoint> = entries
            .into_iter()
            .filter_map(HealthEntry::endpoint)
            .collect();
        endpoints.sort_unstable();
        Ok(Known { endpoints, version })
    }

    async fn register(&self, instance: &Instance) -> Result<(), BackendError> {
        let request = self
            .client
            .put(format!("{}/v1/agent/service/register", self.base));
        let request = request.json(&json!({
            "ID": instance.id,
            "Name": instance.service,
            "Address": instance.addr.ip().to_string(),
            "Port": instance.addr.port(),
            "Check": {
                "TTL": TIME_TO_LIVE,
                "DeregisterCriticalServiceAfter": REMOVED_AFTER,
                "Status": "passing",
            },
        }));
        let response = self.call(request, CALL_LIMIT).await?;
        self.success(response).await.map(drop)
    }

    async fn renew(&self, instance: &Instance) -> Result<Renewal, BackendError> {
        let path = format!("{}/v1/agent/check/pass/service:{}", self.base, instance.id);
        let response = self.put(path).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Renewal::Forgotten);
        }
        self.success(response).await.map(|_| Renewal::Renewed)
    }

    async fn deregister(&self, instance: &Instance) -> Result<(), BackendError> {
        let path = format!("{}/v1/agent/service/deregister/{}", self.base, instance.id);
        let response = self.put(path).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        self.success(response).await.map(drop)
    }
}

/// The part of Consul's answer that matters here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HealthEntry {
    node: Node,
    service: Service,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    #[serde(rename = "ID")]
    id: String,
    /// Empty when the service is at the address of its node.
    address: String,
    port: u16,
}

impl HealthEntry {
    fn endpoint(self) -> Option<Endpoint> {
        let address = if self.service.address.is_empty() {
            self.node.address
        } else {
            self.service.address
        };
        let Ok(ip) = address.parse::<IpAddr>() else {
            tracing::warn!(
                instance = self.service.id,
                address,
                "an instance without an IP address is left out"
            );
            return None;
        };
        Some(Endpoint {
            instance: self.service.id,
            addr: SocketAddr::new(ip, self.service.port),
        })
    }
}
