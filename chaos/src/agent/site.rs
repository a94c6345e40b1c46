//! All of it, ready to be broken.

use std::net::SocketAddr;

use tokio::sync::OnceCell;

use super::claims::Claims;
use super::control::Control;
use super::databases::Databases;
use super::links::{Collected, Link};
use super::management::Management;
use super::settings::Settings;
use crate::fault::{Capability, FaultError};

pub struct Site {
    pub control: Control,
    pub links: Vec<Link>,
    /// What the links' proxies touched.
    pub collected: Collected,
    broker: Option<Management>,
    pub databases: Databases,
    pub claims: Claims,
    crash_points: OnceCell<bool>,
}

#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("link {name}: {why}")]
    Link { name: String, why: String },
    #[error("cannot listen at {listen}: {source}")]
    Listen {
        listen: SocketAddr,
        source: std::io::Error,
    },
}

impl Site {
    pub async fn open(settings: Settings) -> Result<Self, SiteError> {
        let collected = Collected::default();
        let mut links = Vec::new();
        for link in settings.links {
            links.push(Link::start(link, &collected).await?);
        }
        Ok(Self {
            control: Control::new(settings.endpoints, settings.secrets),
            links,
            collected,
            broker: settings.broker.map(Management::new),
            databases: Databases::new(settings.databases),
            claims: Claims::default(),
            crash_points: OnceCell::new(),
        })
    }

    pub async fn capabilities(&self) -> Vec<Capability> {
        let mut all = vec![Capability::Process, Capability::Scale];
        all.extend((!self.links.is_empty()).then_some(Capability::Links));
        all.extend(self.broker.is_some().then_some(Capability::Broker));
        all.extend((!self.databases.is_empty()).then_some(Capability::Database));
        all.extend(
            self.has_crash_points()
                .await
                .then_some(Capability::CrashPoints),
        );
        all
    }

    /// Asked until there is an answer; a build does not change.
    async fn has_crash_points(&self) -> bool {
        let answer = || async { self.control.has_crash_points().await.ok_or(()) };
        let known = self.crash_points.get_or_try_init(answer).await;
        known.is_ok_and(|known| *known)
    }

    pub fn broker(&self) -> Result<&Management, FaultError> {
        let incapable = || FaultError::Incapable(Capability::Broker);
        self.broker.as_ref().ok_or_else(incapable)
    }

    /// What may be left of an agent before this one. Asked again until it succeeds.
    pub async fn sweep(&self) -> Result<(), FaultError> {
        crate::fault::process::pause::sweep(self).await?;
        crate::fault::database::disk_full::sweep(self).await?;
        match &self.broker {
            Some(_) => crate::fault::broker::sweep(self).await,
            None => Ok(()),
        }
    }
}
