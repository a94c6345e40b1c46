//! What became of faults that nobody waited for: an experiment may end in the middle of them.

use super::inject::{Begun, Stage};
use super::method::Method;
use crate::journal::ActivityStatus;

impl Method<'_> {
    /// What faults in force have touched so far. Afterwards the agent may be gone, or have healed and forgotten.
    pub async fn refresh(&self) {
        for (nth, begun) in self.all_before(Stage::Over) {
            if let Some(fault) = begun.number
                && let Ok(told) = self.system.agent.told(self.id, fault).await
            {
                self.keep(nth, told);
            }
        }
    }

    /// The last word on every fault, before the agent forgets the experiment. Those in force are ended.
    pub async fn collect(&self) {
        self.find().await;
        let agent = &self.system.agent;
        for (nth, begun) in self.all_before(Stage::Settled) {
            let Some(fault) = begun.number else { continue };
            let told = match begun.stage {
                Stage::Standing => agent.end(self.id, fault).await,
                Stage::Over | Stage::Settled => agent.told(self.id, fault).await,
            };
            // One that cannot be healed yet is asked of all the same.
            let told = match told {
                Ok(told) => Ok(told),
                Err(_) => agent.told(self.id, fault).await,
            };
            if let Ok(told) = told {
                self.keep(nth, told);
            }
        }
    }

    /// After everything was healed: what was in force until then was ended by that.
    pub fn close(&self) {
        for (nth, _) in self.all_before(Stage::Over) {
            self.at(nth, Stage::Settled, |activity| {
                activity.end(ActivityStatus::Aborted);
            });
        }
    }

    /// The numbers of those whose answer was not waited for, or was lost. The agent answers when it has worked them, and
    /// tells of all in the order of their numbers.
    async fn find(&self) {
        if self.begun().iter().all(|begun| begun.number.is_some()) {
            return;
        }
        let Ok(state) = self.system.agent.state().await else {
            return;
        };
        let is_ours = |ticket: &crate::agent::experiments::Ticket| ticket.id == self.id;
        if !state.experiment.as_ref().is_some_and(is_ours) {
            return;
        }
        let mut all = self.begun();
        for begun in all.iter_mut().filter(|begun| begun.number.is_none()) {
            let found = state.faults.iter().position(|told| told.name == begun.name);
            begun.number = found.map(|number| number as u64);
        }
    }

    fn all_before(&self, stage: Stage) -> Vec<(usize, Begun)> {
        let all = self.begun();
        let all = all.iter().cloned().enumerate();
        all.filter(|(_, begun)| begun.stage < stage).collect()
    }
}
