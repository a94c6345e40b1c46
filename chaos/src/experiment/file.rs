//! What is wrong with an experiment as a whole, and what is in it.

use strict_yaml::{Breach, Document};

use super::{Experiment, Step};
use crate::fault;

impl Document for Experiment {
    fn breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        let mut wrong = |why| breaches.push(Breach::of_the_whole(why));
        if self.workload.is_none() && self.steady_state_hypothesis.is_none() {
            wrong("neither a workload nor a steady-state-hypothesis: nothing would be found out");
        }
        if self.workload.is_none() && !self.claims.is_empty() {
            wrong("claims without a workload: there would be no orders to judge them by");
        }
        if !any_fault(&self.method) {
            wrong("the method has no fault: nothing is broken");
        }
        if any_fault(&self.rollbacks) {
            wrong("a rollback must not break anything: faults belong to the method");
        }
        breaches
    }
}

fn any_fault(steps: &[Step]) -> bool {
    faults(steps).next().is_some()
}

/// Every fault of these steps, however deep.
pub fn faults(steps: &[Step]) -> Box<dyn Iterator<Item = &super::Inject> + '_> {
    Box::new(steps.iter().flat_map(|step| match step {
        Step::Inject(inject) => Box::new(std::iter::once(inject)) as Box<dyn Iterator<Item = _>>,
        Step::Parallel(all) => faults(&all.parallel),
        Step::Sequence(all) => faults(&all.sequence),
        Step::Repeat(again) => faults(&again.repeat.steps),
        Step::Mix(mixed) => faults(&mixed.mix.of),
        Step::Pause(_) | Step::Probe(_) => Box::new(std::iter::empty()),
    }))
}

/// What the target must be able to do.
pub fn needs(experiment: &Experiment) -> Vec<fault::Capability> {
    let kinds = faults(&experiment.method).filter_map(|inject| fault::named(&inject.fault));
    let mut needs: Vec<_> = kinds.flat_map(|kind| kind.needs.iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
