//! One fault of a method, from its order to its end. Whoever drops it half-way leaves its activity, and what the agent
//! has told so far.

use serde_json::{Value, json};
use tokio::time::sleep;

use super::back;
use super::method::Method;
use crate::agent::client::AgentError;
use crate::agent::held::Told;
use crate::experiment::Inject;
use crate::fault::Order;
use crate::journal::{Activity, ActivityStatus};

/// A fault that was asked for.
#[derive(Clone)]
pub(super) struct Begun {
    /// Of its activity.
    pub at: usize,
    /// Of its order.
    pub name: String,
    /// At the agent; `None` while it has not answered.
    pub number: Option<u64>,
    pub stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It may be in force.
    Standing,
    /// Its last receipts may be on their way.
    Over,
    /// We know more of it than the agent.
    Settled,
}

impl Method<'_> {
    pub(super) async fn inject(&self, inject: &Inject, place: &str) -> Result<(), String> {
        let mut order = self.order(inject, place);
        let nth = self.begin(inject, &order);
        let worked = self.work(inject, &mut order, nth).await;
        if let Err(error) = &worked {
            let why = format!("{}: {error}", title(inject));
            self.at(nth, Stage::Over, |activity| activity.fail(why));
        }
        let activity = self.at(nth, Stage::Over, |activity| activity.clone());
        self.written()?;
        if let Some(why) = &activity.exception {
            return Err(why.join("; "));
        }
        (self.tell)(summary(&activity));
        Ok(())
    }

    fn order(&self, inject: &Inject, place: &str) -> Order {
        let lasts = inject.duration.map(|span| span.0);
        Order {
            fault: inject.fault.clone(),
            name: format!("{} {place}", title(inject)),
            of: inject.of.clone(),
            blast_radius: inject.blast_radius,
            with: inject.with.clone(),
            seed: self.seed,
            duration_ms: lasts.unwrap_or_default().as_millis() as u64,
            kills_left: 0,
        }
    }

    /// Before the agent is asked: an answer that does not come may be that it happened.
    fn begin(&self, inject: &Inject, order: &Order) -> usize {
        let provider = json!({ "type": "process", "path": "chaos", "arguments": inject });
        let mut activity = Activity::begin("action", title(inject), provider);
        activity.fault = Some(inject.fault.clone());
        let at = self.record.note(|journal| {
            let all = self.part.of(journal);
            all.push(activity);
            all.len() - 1
        });
        let mut begun = self.begun();
        begun.push(Begun {
            at,
            name: order.name.clone(),
            number: None,
            stage: Stage::Standing,
        });
        begun.len() - 1
    }

    async fn work(&self, inject: &Inject, order: &mut Order, nth: usize) -> Result<(), Failed> {
        let agent = &self.system.agent;
        let is_deadly = is_deadly(&inject.fault);
        if is_deadly {
            let wanted = self.victims(inject).await?;
            order.kills_left = self.kills.take(wanted);
        }
        let injected = agent.inject(self.id, order).await;
        if let Err(AgentError::Refused { .. } | AgentError::Unreachable { .. }) = &injected {
            self.kills.give_back(order.kills_left);
        }
        let fault = injected?;
        self.begun()[nth].number = Some(fault);
        let mut told = agent.told(self.id, fault).await?;
        self.keep(nth, told.clone());
        self.written().map_err(Failed::Journal)?;
        if let Some(lasts) = inject.duration {
            (self.tell)(format!("{} for {} s", title(inject), lasts.0.as_secs_f64()));
            // Since it is in force: a broker may take seconds to be told.
            sleep(lasts.0).await;
            told = agent.end(self.id, fault).await?;
        }
        let mut stage = Stage::Over;
        if is_deadly {
            let deaths = u32::try_from(told.receipts.len()).unwrap_or(u32::MAX);
            self.kills
                .give_back(order.kills_left.saturating_sub(deaths));
            for name in back::wait(agent, &mut told.receipts, self.back_within).await {
                let within = self.back_within.as_secs();
                self.record
                    .deviated(format!("{name} was not ready again within {within} s"));
            }
            stage = Stage::Settled;
        }
        let doubt = told.doubt.clone();
        self.keep(nth, told);
        if let Some(why) = doubt {
            self.at(nth, stage, |_| ());
            return Err(Failed::Partly(why));
        }
        self.at(nth, stage, |activity| {
            activity.end(ActivityStatus::Succeeded)
        });
        Ok(())
    }

    /// As many as it may kill; the agent chooses among them.
    async fn victims(&self, inject: &Inject) -> Result<u32, AgentError> {
        let all = self.system.agent.processes().await?;
        let is_meant = |name: &str| inject.of.process.as_deref() == Some(name);
        let fitting = all
            .iter()
            .filter(|one| one.is_service() || is_meant(&one.name))
            .filter(|one| inject.of.fits(&one.name, &one.service));
        let victims = inject.blast_radius.count(fitting.count());
        Ok(u32::try_from(victims).unwrap_or(u32::MAX))
    }

    /// What the agent tells of it, as long as it knows more than we do.
    pub(super) fn keep(&self, nth: usize, told: Told) {
        let begun = self.begun()[nth].clone();
        if begun.stage < Stage::Settled {
            self.record.note(|journal| {
                let activity = &mut self.part.of(journal)[begun.at];
                activity.output = json!({ "touched": told.touched });
                activity.touched = told.touched;
                activity.receipts = told.receipts;
            });
        }
    }

    /// Brings it at least so far, and changes its activity.
    pub(super) fn at<T>(
        &self,
        nth: usize,
        stage: Stage,
        change: impl FnOnce(&mut Activity) -> T,
    ) -> T {
        let at = {
            let begun = &mut self.begun()[nth];
            begun.stage = begun.stage.max(stage);
            begun.at
        };
        self.record
            .note(|journal| change(&mut self.part.of(journal)[at]))
    }

    fn written(&self) -> Result<(), String> {
        let written = self.record.write(|_| ());
        written.map_err(|error| error.to_string())
    }
}

/// Why a fault was not worked to its end.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error("{0}")]
    Journal(String),
    /// After its receipts.
    #[error("{0}")]
    Partly(String),
}

fn title(inject: &Inject) -> &str {
    inject.name.as_deref().unwrap_or(&inject.fault)
}

fn is_deadly(fault: &str) -> bool {
    let deadly = [
        "process/kill",
        "process/terminate",
        "process/restart",
        "process/crash-at",
    ];
    deadly.contains(&fault)
}

fn summary(activity: &Activity) -> String {
    let title = &activity.title;
    match activity.receipts.as_slice() {
        [one] if one.ready_at_ms.is_some() => format!(
            "{title}: {} (pid {}) is back after {:.1} s",
            one.name,
            one.pid.unwrap_or_default(),
            activity.duration
        ),
        [one] if !one.name.is_empty() => format!("{title}: {}", one.name),
        _ => format!(
            "{title}: {} touched",
            activity.output.get("touched").unwrap_or(&Value::Null)
        ),
    }
}
