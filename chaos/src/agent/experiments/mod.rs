//! The one experiment that runs, its heartbeat, and the faults that it holds. [`ending`]: how it is over.

mod ending;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;

use super::held::{Held, Told};
use super::pulse::Pulse;
use super::site::Site;
use crate::fault::{self, FaultError, Order};

/// Faults in force at a time: a storm has a handful.
const FAULTS_MAX: usize = 256;

pub struct Experiments {
    pub site: Arc<Site>,
    running: Mutex<Option<Running>>,
    /// Of the one that runs and is not being ended.
    pulse: Pulse,
    /// There while faults may be in force, for whoever comes after us.
    marker: PathBuf,
    /// A term changed.
    changed: Notify,
}

struct Running {
    title: String,
    id: u64,
    term: Duration,
    /// Nothing more is injected; it is gone when all is healed.
    is_ending: bool,
    /// An answer was lost: what was asked may be done later than it was ended.
    has_to_sweep: bool,
    faults: BTreeMap<u64, Held>,
}

/// Who runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ticket {
    pub id: u64,
    pub title: String,
    pub term_ms: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    #[error("an experiment runs already: {title}. Wait for it, or end it: chaos heal")]
    Busy { title: String },
    #[error("that experiment is over: its heartbeat was missed, or somebody healed everything")]
    Over,
    #[error("nothing is begun that a later agent could not know of: {0}")]
    Marker(std::io::Error),
    #[error("there is no such fault")]
    NoSuchFault,
    #[error("{FAULTS_MAX} faults are in force: end one first")]
    Full,
    #[error("there is no fault `{0}`")]
    Unknown(String),
    #[error("{fault}: {error}")]
    Malformed {
        fault: String,
        error: serde_json::Error,
    },
    #[error(transparent)]
    Fault(#[from] FaultError),
}

impl Experiments {
    pub fn new(site: Arc<Site>, marker: PathBuf) -> Self {
        Self {
            site,
            marker,
            running: Mutex::new(None),
            pulse: Pulse::default(),
            changed: Notify::new(),
        }
    }

    /// From now on, as long as it is heard of within each term.
    pub async fn begin(
        self: &Arc<Self>,
        title: String,
        term: Duration,
    ) -> Result<Ticket, ExperimentError> {
        let mut running = self.running.lock().await;
        if let Some(running) = &*running {
            return Err(ExperimentError::Busy {
                title: running.title.clone(),
            });
        }
        let ticket = Ticket {
            id: crate::clock::now_ms(),
            title: title.clone(),
            term_ms: term.as_millis() as u64,
        };
        std::fs::write(&self.marker, &title).map_err(ExperimentError::Marker)?;
        self.site.collected.clear();
        *running = Some(Running {
            title,
            id: ticket.id,
            term,
            is_ending: false,
            has_to_sweep: false,
            faults: BTreeMap::new(),
        });
        self.pulse.begin(ticket.id, term);
        tokio::spawn(Arc::clone(self).watch(ticket.id));
        tracing::info!(experiment = ticket.title, "an experiment begins");
        Ok(ticket)
    }

    /// At once, whatever is being begun or ended.
    pub fn heartbeat(&self, id: u64) -> Result<(), ExperimentError> {
        match self.pulse.beat(id) {
            true => Ok(()),
            false => Err(ExperimentError::Over),
        }
    }

    /// Held under the lock: nothing is injected into an experiment that is being ended.
    pub async fn inject(&self, id: u64, order: Order) -> Result<u64, ExperimentError> {
        let mut running = self.running.lock().await;
        let running = of(&mut running, id)?;
        if running
            .faults
            .values()
            .filter(|held| !held.is_over())
            .count()
            >= FAULTS_MAX
        {
            return Err(ExperimentError::Full);
        }
        let kind = fault::named(&order.fault)
            .ok_or_else(|| ExperimentError::Unknown(order.fault.clone()))?;
        let fault = (kind.read)(&order.fault, order.with.clone()).map_err(|error| {
            ExperimentError::Malformed {
                fault: order.fault.clone(),
                error,
            }
        })?;
        let able = self.site.capabilities().await;
        if let Some(missing) = kind.needs.iter().find(|need| !able.contains(need)) {
            return Err(FaultError::Incapable(*missing).into());
        }
        let injected = fault.inject(&self.site, &order).await;
        let failure = match &injected {
            Ok(injected) => injected.failure.as_ref().or(injected.doubt.as_ref()),
            Err(error) => Some(error),
        };
        running.has_to_sweep |= matches!(failure, Some(FaultError::Unknown { .. }));
        let mut injected = injected?;
        let failure = injected.failure.take();
        let number = running.faults.len() as u64;
        let mut held = Held::new(order, injected);
        let outcome = match failure {
            None => {
                tracing::info!(fault = held.order.fault, name = held.order.name, "in force");
                Ok(number)
            }
            Some(error) => {
                held.until = Instant::now();
                Err(error.into())
            }
        };
        running.faults.insert(number, held);
        self.changed.notify_one();
        outcome
    }

    pub async fn told(&self, id: u64, fault: u64) -> Result<Told, ExperimentError> {
        let mut running = self.running.lock().await;
        let held = of(&mut running, id)?.faults.get_mut(&fault);
        Ok(held.ok_or(ExperimentError::NoSuchFault)?.tell(&self.site))
    }

    /// Ends one fault, and tells of it for the last time.
    pub async fn end(&self, id: u64, fault: u64) -> Result<Told, ExperimentError> {
        let mut running = self.running.lock().await;
        let held = of(&mut running, id)?.faults.get_mut(&fault);
        let held = held.ok_or(ExperimentError::NoSuchFault)?;
        held.heal(&self.site).await?;
        Ok(held.tell(&self.site))
    }

    pub async fn running(&self) -> Option<(Ticket, Vec<Told>)> {
        let mut running = self.running.lock().await;
        let running = running.as_mut()?;
        let ticket = Ticket {
            id: running.id,
            title: running.title.clone(),
            term_ms: running.term.as_millis() as u64,
        };
        let faults = running.faults.values_mut();
        Some((
            ticket,
            faults.map(|held| held.tell_standing(&self.site)).collect(),
        ))
    }
}

fn of(running: &mut Option<Running>, id: u64) -> Result<&mut Running, ExperimentError> {
    let found = running.as_mut();
    let found = found.filter(|running| running.id == id && !running.is_ending);
    found.ok_or(ExperimentError::Over)
}
