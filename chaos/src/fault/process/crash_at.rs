//! Ends between two effects, exactly there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::mortal_victims;
use crate::agent::control::{BURIAL, Control, LOOK_EVERY, Process};
use crate::agent::links::Collected;
use crate::agent::site::Site;
use crate::clock;
use crate::fault::{Capability, Fault, FaultError, Hold, Injected, Kind, Order};
use crate::receipt::Receipt;

pub const KIND: Kind = Kind::lasting::<CrashAt>(
    "process/crash-at",
    "it ends at a named point between two effects, once; whoever supervises it starts it again",
    &[Capability::CrashPoints],
);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrashAt {
    point: Point,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// The effect is committed, its messages are in the outbox, nothing is published
    AfterCommit,
    /// The broker has confirmed, the rows are still in the outbox
    AfterPublish,
    /// The effect is committed, its delivery is not acknowledged
    BeforeAcknowledge,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterCommit => "after-commit",
            Self::AfterPublish => "after-publish",
            Self::BeforeAcknowledge => "before-acknowledge",
        })
    }
}

impl Fault for CrashAt {
    fn inject<'a>(
        &'a self,
        site: &'a Site,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Injected, FaultError>> {
        Box::pin(async move {
            let victims = mortal_victims(site, order).await?;
            let mut armed = Armed {
                point: self.point.to_string(),
                order: order.clone(),
                waiting: Vec::new(),
                astray: Vec::new(),
            };
            let mut refused = None;
            for victim in victims {
                refused = armed.arm(site, victim).await.err().or(refused);
            }
            if let (true, Some(error)) = (armed.waiting.is_empty(), refused) {
                return Err(error);
            }
            let receipts = site.collected.clone();
            let armed = Arc::new(Mutex::new(armed));
            let watcher = tokio::spawn(watch(site.control.clone(), receipts, Arc::clone(&armed)));
            let watched = Watched {
                armed,
                watcher,
                doubt: None,
            };
            Ok(Injected::held(Vec::new(), watched))
        })
    }
}

/// Victims on their way to the point.
struct Armed {
    point: String,
    order: Order,
    waiting: Vec<Process>,
    /// How those ended that ended elsewhere.
    astray: Vec<String>,
}

struct Watched {
    armed: Arc<Mutex<Armed>>,
    watcher: JoinHandle<()>,
    doubt: Option<String>,
}

/// What the supervisor says of one that came to its point: it ended itself there, by SIGABRT.
const AT_ITS_POINT: &str = "killed by signal 6";

async fn watch(control: Control, receipts: Collected, armed: Arc<Mutex<Armed>>) {
    loop {
        let mut armed = armed.lock().await;
        armed.look(&control, &receipts).await;
        if armed.waiting.is_empty() {
            return;
        }
        drop(armed);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Armed {
    /// A victim forgets by itself when the fault's time is over, whatever becomes of us.
    async fn arm(&mut self, site: &Site, victim: Process) -> Result<(), FaultError> {
        let term = self.order.longest();
        site.control.crash_at(&victim, &self.point, term).await?;
        self.waiting.push(victim);
        Ok(())
    }

    /// Whoever has another process now, or none, has ended: at the point, or before it came there.
    async fn look(&mut self, control: &Control, receipts: &Collected) {
        let Ok(now) = control.processes().await else {
            return;
        };
        let lives = |one: &Process| {
            now.iter()
                .any(|it| it.name == one.name && it.pid == one.pid)
        };
        let (waiting, gone) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(lives);
        self.waiting = waiting;
        let gone: Vec<Process> = gone;
        for victim in gone {
            let exit = now.iter().find(|it| it.name == victim.name);
            match exit.and_then(|it| it.last_exit.as_deref()) {
                Some(AT_ITS_POINT) => {
                    receipts.put(&self.order.name, &self.receipt(victim));
                }
                exit => self.astray.push(format!(
                    "{} did not come to {}: {}",
                    victim.name,
                    self.point,
                    exit.unwrap_or("it is not there any more")
                )),
            }
        }
    }

    fn receipt(&self, victim: Process) -> Receipt {
        Receipt {
            what: self.order.fault.clone(),
            name: victim.name,
            service: victim.service,
            at_ms: clock::now_ms(),
            pid: victim.pid,
            signal: Some(format!("abort {}", self.point)),
            gone: Some(true),
            ..Receipt::default()
        }
    }
}

impl Hold for Watched {
    fn heal<'a>(&'a mut self, site: &'a Site) -> BoxFuture<'a, Result<(), FaultError>> {
        Box::pin(async move {
            let until = Instant::now() + BURIAL;
            let mut armed = self.armed.lock().await;
            for victim in armed.waiting.clone() {
                let let_go = site
                    .control
                    .crash_at(&victim, &armed.point, Duration::ZERO)
                    .await;
                // Who does not answer is dying, and the supervisor is about to see it.
                while let_go.is_err() && armed.waiting.contains(&victim) && Instant::now() < until {
                    armed.look(&site.control, &site.collected).await;
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
            self.watcher.abort();
            self.doubt = (!armed.astray.is_empty()).then(|| armed.astray.join("; "));
            Ok(())
        })
    }

    fn doubt(&self) -> Option<String> {
        self.doubt.clone()
    }
}
