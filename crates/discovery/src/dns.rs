//! Names that resolve to all instances, as a Kubernetes headless service has.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::{sleep, timeout};

use crate::{Backend, BackendError, Endpoint, Instance, Known, Renewal, SettingError};

/// A resolver tries its servers for about this long; who waits is a background task.
const LOOKUP_LIMIT: Duration = Duration::from_secs(5);

/// The time to live of a headless service's records in Kubernetes: asking more often answers the same.
const INTERVAL: Duration = Duration::from_secs(5);

/// A name with `{service}` in it, and the port all instances listen on.
#[derive(Clone, Debug)]
pub struct Dns {
    template: String,
    port: u16,
}

impl Dns {
    /// `{service}.shop.svc.cluster.local:8080`
    pub(crate) fn parse(name: &str) -> Result<Self, SettingError> {
        let (template, port) = name
            .rsplit_once(':')
            .ok_or_else(|| SettingError::new(format!("{name:?} has no port")))?;
        if !template.contains("{service}") {
            return Err(SettingError::new(format!(
                "{template:?} does not contain {{service}}"
            )));
        }
        let port = port
            .parse()
            .map_err(|_| SettingError::new(format!("{port:?} is no port")))?;
        Ok(Self {
            template: template.to_owned(),
            port,
        })
    }

    async fn lookup(&self, service: &str) -> Result<Known, BackendError> {
        let host = self.template.replace("{service}", service);
        let addresses = timeout(LOOKUP_LIMIT, lookup_host((host.as_str(), self.port)))
            .await
            .map_err(|_| {
                BackendError::Unreachable(host.clone(), "the lookup took too long".to_owned())
            })?
            .map_err(|error| BackendError::Unreachable(host.clone(), error.to_string()))?;
        let mut endpoints: Vec<Endpoint> = addresses
            .map(|addr| Endpoint {
                instance: addr.to_string(),
                addr,
            })
            .collect();
        // Name servers rotate their answers; the order means nothing.
        endpoints.sort_unstable();
        endpoints.dedup();
        Ok(Known {
            version: version(&endpoints),
            endpoints,
        })
    }
}

/// DNS has no versions: the content is its own.
fn version(endpoints: &[Endpoint]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for endpoint in endpoints {
        endpoint.addr.hash(&mut hasher);
    }
    hasher.finish()
}

impl Backend for Dns {
    async fn watch(&self, service: &str, seen: Option<u64>) -> Result<Known, BackendError> {
        if seen.is_some() {
            sleep(INTERVAL).await;
        }
        self.lookup(service).await
    }

    async fn register(&self, _: &Instance) -> Result<(), BackendError> {
        Ok(())
    }

    async fn renew(&self, _: &Instance) -> Result<Renewal, BackendError> {
        Ok(Renewal::Renewed)
    }

    async fn deregister(&self, _: &Instance) -> Result<(), BackendError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Dns;
    use crate::Backend;

    #[tokio::test]
    async fn a_name_resolves_to_its_addresses_with_the_fixed_port() {
        // An address is a name that every resolver answers, without any network.
        let dns = Dns::parse("{service}:8080").expect("valid");
        let known = dns.watch("127.0.0.1", None).await.expect("an answer");
        assert_eq!(known.endpoints.len(), 1);
        assert_eq!(known.endpoints[0].addr.to_string(), "127.0.0.1:8080");
        let again = dns.lookup("127.0.0.1").await.expect("an answer");
        assert_eq!(again.version, known.version);
    }
}
