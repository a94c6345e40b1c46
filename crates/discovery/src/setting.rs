//! Which back-end, as one setting.
//!
//! | setting | back-end |
//! |---|---|
//! | `consul:http://127.0.0.1:8500` | Consul's HTTP API there |
//! | `dns:{service}.shop.svc.cluster.local:8080` | a DNS lookup with the service's name put in, and this port |
//! | `static:orders=10.0.0.1:80+10.0.0.2:80,payments=10.0.0.3:80` | this list |

use std::str::FromStr;

use crate::{Backend, BackendError, Consul, Dns, Fixed, Instance, Known, Renewal};

/// The back-end that was chosen.
#[derive(Clone, Debug)]
pub enum Discovery {
    Consul(Consul),
    Dns(Dns),
    Fixed(Fixed),
}

/// A setting that names no back-end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{reason}; write consul:http://HOST:PORT, dns:{{service}}.DOMAIN:PORT or static:SERVICE=IP:PORT+IP:PORT,..."
)]
pub struct SettingError {
    reason: String,
}

impl SettingError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl Discovery {
    pub fn parse(setting: &str) -> Result<Self, SettingError> {
        match setting.split_once(':') {
            Some(("consul", url)) => Consul::new(url).map(Self::Consul),
            Some(("dns", name)) => Dns::parse(name).map(Self::Dns),
            Some(("static", list)) => Fixed::parse(list).map(Self::Fixed),
            Some((other, _)) => Err(SettingError::new(format!("{other:?} is no back-end"))),
            None => Err(SettingError::new(format!("{setting:?} names no back-end"))),
        }
    }
}

impl FromStr for Discovery {
    type Err = SettingError;

    fn from_str(setting: &str) -> Result<Self, Self::Err> {
        Self::parse(setting)
    }
}

impl Backend for Discovery {
    async fn watch(&self, service: &str, seen: Option<u64>) -> Result<Known, BackendError> {
        match self {
            Self::Consul(consul) => consul.watch(service, seen).await,
            Self::Dns(dns) => dns.watch(service, seen).await,
            Self::Fixed(fixed) => fixed.watch(service, seen).await,
        }
    }

    async fn register(&self, instance: &Instance) -> Result<(), BackendError> {
        match self {
            Self::Consul(consul) => consul.register(instance).await,
            Self::Dns(dns) => dns.register(instance).await,
            Self::Fixed(fixed) => fixed.register(instance).await,
        }
    }

    async fn renew(&self, instance: &Instance) -> Result<Renewal, BackendError> {
        match self {
            Self::Consul(consul) => consul.renew(instance).await,
            Self::Dns(dns) => dns.renew(instance).await,
            Self::Fixed(fixed) => fixed.renew(instance).await,
        }
    }

    async fn deregister(&self, instance: &Instance) -> Result<(), BackendError> {
        match self {
            Self::Consul(consul) => consul.deregister(instance).await,
            Self::Dns(dns) => dns.deregister(instance).await,
            Self::Fixed(fixed) => fixed.deregister(instance).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Discovery;

    #[test]
    fn each_back_end_is_named_by_its_scheme() {
        let parse = |setting| Discovery::parse(setting).expect(setting);
        assert!(matches!(
            parse("consul:http://127.0.0.1:8500"),
            Discovery::Consul(_)
        ));
        assert!(matches!(parse("dns:{service}.local:80"), Discovery::Dns(_)));
        assert!(matches!(
            parse("static:orders=127.0.0.1:1"),
            Discovery::Fixed(_)
        ));
    }

    #[test]
    fn what_names_no_back_end_is_answered_with_what_to_write() {
        for wrong in [
            "",
            "etcd:http://127.0.0.1:1",
            "consul:127.0.0.1:8500",
            "consul:https://127.0.0.1:8500",
            "dns:orders.local:80",
            "dns:{service}.local",
            "static:orders",
            "static:orders=localhost",
            "static:=127.0.0.1:1",
            "static:orders=127.0.0.1:1,orders=127.0.0.1:2",
        ] {
            let error = Discovery::parse(wrong).expect_err(wrong).to_string();
            assert!(error.contains("write consul:http://"), "{error}");
        }
    }
}
