//! Several models at a time, one thread each.

use crate::{
    check::{Progress, Report, Unfinished, check},
    scenario::Scenario,
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

/// A run that takes longer is told of, this often.
const PATIENCE: Duration = Duration::from_secs(2);

/// A report a model, in the order asked for. `tell` hears of what takes its time.
pub fn run(
    scenarios: &[Scenario],
    jobs: usize,
    tell: &(dyn Fn(&str, Progress) + Sync),
) -> Vec<(String, Result<Report, Unfinished>)> {
    // From the last, which is the largest: nobody waits for it alone at the end.
    let waiting = Mutex::new((0..scenarios.len()).collect::<Vec<_>>());
    let done = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some(next) = locked(&waiting).pop() {
            let report = one(&scenarios[next], tell);
            locked(&done).insert(next, (scenarios[next].name.clone(), report));
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, scenarios.len().max(1)) {
            scope.spawn(work);
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}

fn one(scenario: &Scenario, tell: &(dyn Fn(&str, Progress) + Sync)) -> Result<Report, Unfinished> {
    let mut told = Duration::ZERO;
    check(scenario.clone(), |progress| {
        if progress.elapsed >= told + PATIENCE {
            told = progress.elapsed;
            tell(&scenario.name, progress);
        }
    })
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
