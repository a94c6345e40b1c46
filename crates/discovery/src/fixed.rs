//! A list that does not change.

use std::collections::BTreeMap;
use std::future::pending;

use crate::{Backend, BackendError, Endpoint, Instance, Known, Renewal, SettingError};

/// The instances of each service, from the configuration.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    services: BTreeMap<String, Vec<Endpoint>>,
}

/// The only version there is.
const VERSION: u64 = 1;

impl Fixed {
    /// `orders=10.0.0.1:80+10.0.0.2:80,payments=10.0.0.3:80`
    pub(crate) fn parse(list: &str) -> Result<Self, SettingError> {
        let mut services = BTreeMap::new();
        for entry in list.split(',') {
            let (service, addresses) = entry
                .split_once('=')
                .filter(|(service, _)| !service.is_empty())
                .ok_or_else(|| SettingError::new(format!("{entry:?} is no SERVICE=ADDRESSES")))?;
            let endpoints = addresses
                .split('+')
                .map(endpoint)
                .collect::<Result<_, _>>()?;
            if services.insert(service.to_owned(), endpoints).is_some() {
                return Err(SettingError::new(format!("{service} is listed twice")));
            }
        }
        Ok(Self { services })
    }
}

fn endpoint(addr: &str) -> Result<Endpoint, SettingError> {
    let parsed = addr
        .parse()
        .map_err(|_| SettingError::new(format!("{addr:?} is no IP:PORT")))?;
    Ok(Endpoint {
        instance: addr.to_owned(),
        addr: parsed,
    })
}

impl Backend for Fixed {
    async fn watch(&self, service: &str, seen: Option<u64>) -> Result<Known, BackendError> {
        if seen == Some(VERSION) {
            return pending().await;
        }
        Ok(Known {
            endpoints: self.services.get(service).cloned().unwrap_or_default(),
            version: VERSION,
        })
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
