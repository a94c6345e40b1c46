//! The healthy copy first, then one variant after another.

use crate::{
    difference::Overlay,
    level::{Finding, Level, LevelError, Question},
    progress::{Progress, Tone},
    variant::{Variant, VariantError},
    workshop::Workshop,
};
use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

/// The unpatched copy, in names of files and in lines of progress.
const HEALTHY: &str = "healthy";

/// What became of a variant.
#[derive(Debug)]
pub struct Caught {
    pub ending: Ending,
    /// The judging alone.
    pub took: Duration,
}

#[derive(Debug)]
pub enum Ending {
    ByItsClaim { seeds: u64 },
    ByOthers { claims: Vec<String>, seeds: u64 },
    Not { seeds: u64 },
    Broken(CampaignError),
}

#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    #[error(transparent)]
    Variant(#[from] VariantError),
    #[error(transparent)]
    Level(#[from] LevelError),
    #[error(
        "the unpatched copy violates {claims} at level {level}: a judge that fails on healthy code catches nothing"
    )]
    Sick { level: Level, claims: String },
}

pub struct Campaign<'a> {
    pub root: &'a Path,
    pub workshop: Workshop,
    pub progress: Progress,
    /// Leave the last variant in the copy, to be looked at.
    pub keep: bool,
}

impl Campaign<'_> {
    /// An error: nothing can be said of any variant.
    pub fn run(&self, variants: &[Variant]) -> Result<Vec<Caught>, CampaignError> {
        for level in Level::ALL {
            let of_level = variants.iter().filter(|one| one.level == level);
            let seeds = of_level.clone().map(|one| one.seeds).max();
            let experiments: BTreeSet<&str> = of_level
                .filter_map(|one| one.experiment.as_deref())
                .collect();
            if let Some(seeds) = seeds {
                self.healthy(level, seeds, &Vec::from_iter(experiments))?;
            }
        }
        let caught = variants.iter().map(|variant| self.variant(variant));
        let caught = caught.collect();
        if !self.keep {
            let unpatched = self.workshop.become_with(&Overlay::new());
            unpatched.map_err(LevelError::from)?;
        }
        Ok(caught)
    }

    /// As many seeds as a variant may need: with fewer, one that "is caught" by a false
    /// alarm would not show. A real run is dear: once with each experiment.
    fn healthy(&self, level: Level, seeds: u64, experiments: &[&str]) -> Result<(), CampaignError> {
        let seeds = match level {
            Level::Model | Level::Simulation | Level::Stores => seeds,
            Level::Run => 1,
        };
        let question = Question {
            seeds,
            claim: None,
            experiments,
        };
        let (finding, took) = self.judged(HEALTHY, level, question, &Overlay::new())?;
        match finding {
            Finding::Held { seeds } => {
                let words = format!("{level}: every claim holds, {}", of_seeds(seeds));
                self.progress.tell(HEALTHY, Tone::Good, &words, took);
                Ok(())
            }
            Finding::Violated { claims, .. } => Err(CampaignError::Sick {
                level,
                claims: claims.join(", "),
            }),
        }
    }

    fn variant(&self, variant: &Variant) -> Caught {
        let started = Instant::now();
        let judged = variant
            .overlay(self.root)
            .map_err(CampaignError::from)
            .and_then(|overlay| {
                let experiment = variant.experiment.as_deref();
                let question = Question {
                    seeds: variant.seeds,
                    claim: Some(&variant.claim),
                    experiments: experiment.as_slice(),
                };
                self.judged(&variant.slug, variant.level, question, &overlay)
            });
        let (ending, took) = match judged {
            Ok((finding, took)) => (ending(finding, &variant.claim), took),
            Err(error) => (Ending::Broken(error), started.elapsed()),
        };
        let caught = Caught { ending, took };
        let tone = match caught.is_right() {
            true => Tone::Good,
            false => Tone::Bad,
        };
        let words = caught.words(variant);
        self.progress.tell(&variant.slug, tone, &words, took);
        caught
    }

    fn judged(
        &self,
        name: &str,
        level: Level,
        question: Question,
        overlay: &Overlay,
    ) -> Result<(Finding, Duration), CampaignError> {
        let applied = self
            .progress
            .during(name, "applying", || self.workshop.become_with(overlay));
        applied.map_err(LevelError::from)?;
        let built = self
            .progress
            .during(name, "building", || self.workshop.build(name, level));
        built.map_err(LevelError::from)?;
        let started = Instant::now();
        let finding = self.progress.during(name, "running", || {
            level.judge(&self.workshop, name, question)
        })?;
        Ok((finding, started.elapsed()))
    }
}

fn ending(finding: Finding, claim: &str) -> Ending {
    match finding {
        Finding::Held { seeds } => Ending::Not { seeds },
        Finding::Violated { claims, seeds } => match claims.iter().any(|one| one == claim) {
            true => Ending::ByItsClaim { seeds },
            false => Ending::ByOthers { claims, seeds },
        },
    }
}

impl Caught {
    pub fn is_right(&self) -> bool {
        matches!(self.ending, Ending::ByItsClaim { .. })
    }

    fn words(&self, variant: &Variant) -> String {
        let claim = &variant.claim;
        match &self.ending {
            Ending::ByItsClaim { seeds } => format!("caught by {claim}, {}", of_seeds(*seeds)),
            Ending::ByOthers { claims, seeds } => format!(
                "NOT caught by {claim} but by {}, {}",
                claims.join(", "),
                of_seeds(*seeds)
            ),
            Ending::Not { seeds } => format!("NOT caught, {}", of_seeds(*seeds)),
            Ending::Broken(error) => format!("cannot be judged: {error}"),
        }
    }
}

fn of_seeds(seeds: u64) -> String {
    match seeds {
        1 => "1 seed".to_owned(),
        seeds => format!("{seeds} seeds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violated(claims: &[&str]) -> Finding {
        Finding::Violated {
            claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
            seeds: 4,
        }
    }

    #[test]
    fn a_variant_is_caught_by_the_claim_it_names_and_by_no_other() {
        assert!(matches!(
            ending(violated(&["I5", "I12"]), "I12"),
            Ending::ByItsClaim { seeds: 4 }
        ));
        assert!(matches!(
            ending(violated(&["I5"]), "I12"),
            Ending::ByOthers { .. }
        ));
        assert!(matches!(
            ending(Finding::Held { seeds: 9 }, "I12"),
            Ending::Not { seeds: 9 }
        ));
    }
}
