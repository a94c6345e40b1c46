//! A smaller run that fails the same claim: fewer kinds of faults, fewer faults, fewer orders.

use crate::{
    faults::{Fault, Strike, Weather},
    run::{Outcome, RunError, run},
    settings::Settings,
};
use std::collections::BTreeSet;

/// A failing run, as small as it was found.
pub struct Shrunk {
    pub settings: Settings,
    pub outcome: Outcome,
    pub attempts: usize,
}

struct Search {
    claims: BTreeSet<&'static str>,
    best: Settings,
    outcome: Outcome,
    attempts: usize,
    attempts_max: usize,
}

/// `outcome` is what `settings` came to.
pub fn shrink(
    settings: &Settings,
    outcome: Outcome,
    attempts_max: usize,
) -> Result<Shrunk, RunError> {
    let mut search = Search {
        claims: outcome.failed_claims().into_iter().collect(),
        best: Settings {
            weather: Weather::Listed(outcome.strikes.iter().copied().collect()),
            ..settings.clone()
        },
        outcome,
        attempts: 0,
        attempts_max,
    };
    search.without_faults()?;
    loop {
        let before = search.size();
        search.fewer_orders()?;
        search.fewer_kinds()?;
        search.fewer_faults()?;
        if search.size() == before || search.is_exhausted() {
            break;
        }
    }
    Ok(Shrunk {
        settings: search.best,
        outcome: search.outcome,
        attempts: search.attempts,
    })
}

impl Search {
    fn size(&self) -> (usize, usize) {
        (self.best.orders, self.strikes().len())
    }

    fn is_exhausted(&self) -> bool {
        self.attempts >= self.attempts_max
    }

    fn strikes(&self) -> BTreeSet<Strike> {
        match &self.best.weather {
            Weather::Listed(strikes) => strikes.clone(),
            Weather::Calm | Weather::Seeded => BTreeSet::new(),
        }
    }

    /// Keeps the candidate if one of the claims still fails.
    fn try_on(&mut self, candidate: Settings) -> Result<bool, RunError> {
        if self.is_exhausted() {
            return Ok(false);
        }
        self.attempts += 1;
        let outcome = run(&candidate)?;
        let fails = outcome
            .failed_claims()
            .iter()
            .any(|claim| self.claims.contains(claim));
        if fails {
            // What was listed and did not strike any more is not needed.
            let struck = outcome.strikes.iter().copied().collect();
            self.best = Settings {
                weather: Weather::Listed(struck),
                ..candidate
            };
            self.outcome = outcome;
        }
        Ok(fails)
    }

    fn with_strikes(&self, strikes: BTreeSet<Strike>) -> Settings {
        Settings {
            weather: Weather::Listed(strikes),
            ..self.best.clone()
        }
    }

    fn without_faults(&mut self) -> Result<(), RunError> {
        let candidate = self.with_strikes(BTreeSet::new());
        self.try_on(candidate).map(drop)
    }

    fn fewer_orders(&mut self) -> Result<(), RunError> {
        for divisor in [8, 4, 2] {
            while self.best.orders >= divisor && !self.is_exhausted() {
                let orders = self.best.orders / divisor;
                let candidate = Settings {
                    orders,
                    ..self.best.clone()
                };
                if orders == 0 || !self.try_on(candidate)? {
                    break;
                }
            }
        }
        while self.best.orders > 1 {
            let candidate = Settings {
                orders: self.best.orders - 1,
                ..self.best.clone()
            };
            if !self.try_on(candidate)? {
                break;
            }
        }
        Ok(())
    }

    fn fewer_kinds(&mut self) -> Result<(), RunError> {
        for fault in Fault::ALL {
            let strikes = self.strikes();
            let others: BTreeSet<Strike> = strikes
                .iter()
                .filter(|(kind, _)| *kind != fault)
                .copied()
                .collect();
            if others.len() < strikes.len() {
                let candidate = self.with_strikes(others);
                self.try_on(candidate)?;
            }
        }
        Ok(())
    }

    /// Leaves out ever smaller stretches of the list.
    fn fewer_faults(&mut self) -> Result<(), RunError> {
        let mut stretch = self.strikes().len().div_ceil(2);
        while stretch > 0 && !self.is_exhausted() {
            let mut at = 0;
            while at < self.strikes().len() && !self.is_exhausted() {
                let all = self.strikes();
                let kept = all.iter().take(at).chain(all.iter().skip(at + stretch));
                let candidate = self.with_strikes(kept.copied().collect());
                if !self.try_on(candidate)? {
                    at += stretch;
                }
            }
            stretch = if stretch == 1 { 0 } else { stretch.div_ceil(2) };
        }
        Ok(())
    }
}
