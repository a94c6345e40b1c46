//! Where a variant is caught: four programs that judge, the cheapest first.

pub mod model;
pub mod run;
pub mod simulation;
pub mod stores;

use crate::{
    child::ChildError,
    workshop::{Workshop, WorkshopError},
};
use std::{fmt, path::PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Level {
    /// Every state of the sagas: `model-check`
    Model,
    /// Seeded worlds of the pipeline: `simulate`
    Simulation,
    /// The production SQL on a real PostgreSQL: the suites of `tests/stores`
    Stores,
    /// Real processes under load and an experiment: `chaos run`
    Run,
}

/// What a judge is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// So many, unless one of them answers.
    pub seeds: u64,
    /// May spare a judge the rest; without one, everything is judged.
    pub claim: Option<&'a str>,
    /// What breaks a real run: each of them.
    pub experiments: &'a [&'a str],
}

/// What the judge of a level said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Every claim, in so many seeds.
    Held { seeds: u64 },
    /// Those of the first seed that failed.
    Violated { claims: Vec<String>, seeds: u64 },
}

#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    #[error(transparent)]
    Workshop(#[from] WorkshopError),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("{program} ended with {code} and named no claim; what it said is in {log}", log = log.display())]
    NoAnswer {
        program: &'static str,
        code: String,
        log: PathBuf,
    },
}

impl Level {
    pub const ALL: [Level; 4] = [Self::Model, Self::Simulation, Self::Stores, Self::Run];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Simulation => "simulation",
            Self::Stores => "stores",
            Self::Run => "run",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.label() == word)
    }

    /// How many seeds a variant may ask for: the model has none to draw; a thousand worlds
    /// are what every test run has in any case; the suites draw many cases from one; a real run
    /// takes two minutes.
    pub const fn seeds_max(self) -> u64 {
        match self {
            Self::Model | Self::Stores => 1,
            Self::Simulation => 1_000,
            Self::Run => 3,
        }
    }

    /// What is built for it, as cargo is asked.
    pub const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Model => &["build", "--bin", "model-check"],
            Self::Simulation => &["build", "--bin", "simulate"],
            // With a line of JSON that says where the test lies.
            Self::Stores => &[
                "test",
                "--no-run",
                "--test",
                "stores",
                "--message-format",
                "json-render-diagnostics",
            ],
            Self::Run => &["build", "--bins"],
        }
    }

    /// Crates that every variant compiles anew and that judge in seconds: unoptimized they
    /// compile in a quarter of the time, and that is most of it. A model has millions of
    /// states and a real run is judged by its speed as well: these are built as always.
    pub const fn unoptimized(self) -> &'static [&'static str] {
        match self {
            Self::Simulation => &["messaging", "simulation"],
            Self::Stores => &[
                "messaging",
                "inventory",
                "orchestrator",
                "orders",
                "payments",
                "shipping",
                "simulation",
                "stores",
            ],
            Self::Model | Self::Run => &[],
        }
    }

    pub fn judge(
        self,
        workshop: &Workshop,
        name: &str,
        question: Question,
    ) -> Result<Finding, LevelError> {
        let Question { seeds, claim, .. } = question;
        match self {
            Self::Model => model::judge(workshop, name),
            Self::Simulation => simulation::judge(workshop, name, seeds, claim),
            Self::Stores => stores::judge(workshop, name, claim),
            Self::Run => run::judge(workshop, name, question),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
