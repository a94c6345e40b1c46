//! A failing run as a file: all that is needed to run it again, and what it showed.

use crate::{
    faults::Weather,
    run::Outcome,
    settings::{Settings, Variant},
};
use checkers::{Evidence, Verdict};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    pub seed: u64,
    pub orders: usize,
    pub weather: Weather,
    #[serde(default)]
    pub variant: Variant,
    pub findings: Vec<Finding>,
}

/// One claim that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub claim: String,
    pub title: String,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    #[serde(default)]
    pub unknown: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{path}: {error}")]
    Io { path: String, error: io::Error },
    #[error("{path} is no run of the simulation: {error}")]
    Json {
        path: String,
        error: serde_json::Error,
    },
}

impl RunFile {
    pub fn of(settings: &Settings, outcome: &Outcome) -> Self {
        let findings = outcome.failed().map(|report| {
            let (evidence, unknown) = match &report.verdict {
                Verdict::Invalid(evidence) => (evidence.clone(), Vec::new()),
                Verdict::Unknown(why) => (Vec::new(), why.clone()),
                Verdict::Valid => (Vec::new(), Vec::new()),
            };
            Finding {
                claim: report.claim.id.to_owned(),
                title: report.claim.title.to_owned(),
                evidence,
                unknown,
            }
        });
        Self {
            seed: settings.seed,
            orders: settings.orders,
            weather: settings.weather.clone(),
            variant: settings.variant,
            findings: findings.collect(),
        }
    }

    pub fn settings(&self) -> Settings {
        Settings {
            orders: self.orders,
            weather: self.weather.clone(),
            variant: self.variant,
            record: true,
            ..Settings::seeded(self.seed)
        }
    }

    pub fn write(&self, folder: &Path) -> Result<PathBuf, FileError> {
        let path = folder.join(format!("simulation-{}.json", self.seed));
        let named = |error| FileError::Io {
            path: path.display().to_string(),
            error,
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| FileError::Json {
            path: path.display().to_string(),
            error,
        })?;
        fs::create_dir_all(folder).map_err(named)?;
        fs::write(&path, text).map_err(named)?;
        Ok(path)
    }

    pub fn read(path: &Path) -> Result<Self, FileError> {
        let name = || path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| FileError::Io {
            path: name(),
            error,
        })?;
        serde_json::from_str(&text).map_err(|error| FileError::Json {
            path: name(),
            error,
        })
    }
}
