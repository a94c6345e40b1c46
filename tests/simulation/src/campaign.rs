//! Many runs, on a few threads, until one fails.

use crate::{
    run::{RunError, run},
    settings::Settings,
    sometimes::Seen,
};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What many runs came to.
#[derive(Debug, Default)]
pub struct Campaign {
    pub runs: u64,
    pub orders: u64,
    pub messages: u64,
    pub steps: u64,
    pub strikes: u64,
    pub simulated: Duration,
    pub elapsed: Duration,
    pub seen: Seen,
    /// The seeds that failed, and their claims. At the end there may be as many more than
    /// were asked for as were under way.
    pub failed: Vec<(u64, Vec<&'static str>)>,
}

/// When to end before the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    FirstFailure,
    /// The first failure of this claim.
    Claim(&'static str),
    /// At no failure: what all runs have to say is wanted.
    End,
}

impl Until {
    pub fn is_reached(self, failed: &[&str]) -> bool {
        match self {
            Self::FirstFailure => true,
            Self::Claim(claim) => failed.contains(&claim),
            Self::End => false,
        }
    }
}

impl Campaign {
    /// In how many runs each claim failed, and the first seed of them.
    pub fn failures(&self) -> BTreeMap<&'static str, (usize, u64)> {
        let mut all = BTreeMap::new();
        for (seed, claims) in &self.failed {
            for claim in claims {
                let (runs, first) = all.entry(*claim).or_insert((0, *seed));
                *runs += 1;
                *first = (*first).min(*seed);
            }
        }
        all
    }

    pub fn runs_per_minute(&self) -> f64 {
        self.runs as f64 * 60.0 / self.elapsed.as_secs_f64().max(0.001)
    }
}

/// `progress` hears of the state of things now and then.
pub fn run_all(
    all: &[Settings],
    jobs: usize,
    until: Until,
    progress: impl Fn(&Campaign) + Sync,
) -> Result<Campaign, RunError> {
    const PROGRESS: Duration = Duration::from_secs(2);
    let started = Instant::now();
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let sum = Mutex::new((Campaign::default(), Instant::now()));
    let work = || -> Result<(), RunError> {
        while !is_over.load(Ordering::Relaxed)
            && let Some(settings) = all.get(next.fetch_add(1, Ordering::Relaxed))
        {
            let outcome = run(settings).inspect_err(|_| is_over.store(true, Ordering::Relaxed))?;
            let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
            let (campaign, told) = &mut *sum;
            campaign.runs += 1;
            campaign.orders += outcome.orders as u64;
            campaign.messages += outcome.messages;
            campaign.steps += outcome.steps;
            campaign.strikes += outcome.strikes.len() as u64;
            campaign.simulated += Duration::from_micros(outcome.simulated_us);
            campaign.elapsed = started.elapsed();
            campaign.seen.add(&outcome.sometimes);
            if !outcome.is_valid() {
                let claims = outcome.failed_claims();
                if until.is_reached(&claims) {
                    is_over.store(true, Ordering::Relaxed);
                }
                campaign.failed.push((outcome.seed, claims));
            }
            if told.elapsed() >= PROGRESS {
                *told = Instant::now();
                progress(campaign);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
        let ends = threads.into_iter().map(|thread| match thread.join() {
            Ok(end) => end,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ends.collect::<Result<Vec<()>, RunError>>()
    })?;
    let (mut campaign, _) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    campaign.elapsed = started.elapsed();
    Ok(campaign)
}
