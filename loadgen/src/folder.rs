//! What a run leaves on disk, and judging it again from there.
//!
//! | file | what |
//! |---|---|
//! | `run.json` | what was asked, when each phase was, what the load came to |
//! | `history.jsonl` | every operation: invoked, completed, seen to end |
//! | `journal.json` | what was broken (written by the method) |
//! | `method.log` | what the method said |
//! | `final-state.json` | rows, event log, queues and metrics when everything was quiet |
//! | `traces.json` | the spans of the sampled orders |
//! | `series.json` | queues, outboxes, lags and the like over time, for the report |
//! | `verdict.json` | the judgement, which follows from the files above |
//! | `report.html` | all of it on one page |
//! | `compare.html` | another run held against it, where somebody asked for that |

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use checkers::history::Setup;
use checkers::sometimes::{Sometimes, sometimes};
use checkers::state::{FinalState, Part};
use checkers::telemetry::Telemetry;
use checkers::traces::Traces;
use checkers::{Evidence, Report, Run, Verdict};
use report::files::series::SeriesFile;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::tally::Load;
use crate::workload::Workload;
use crate::workload::threshold::{Judged, Threshold, ThresholdVerdict};
use crate::{evidence, history};

/// Rows by the ten thousand are for programs.
enum Form {
    ForPeople,
    Compact,
}

#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// `run.json`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    pub seed: u64,
    pub setup: Setup,
    /// What was sent; of a run of before there were any, the default.
    #[serde(default)]
    pub workload: Workload,
    /// The run that was sent again.
    #[serde(default)]
    pub replay_of: Option<String>,
    pub started_ms: u64,
    pub method: Option<String>,
    /// What was typed, word by word.
    #[serde(default)]
    pub command: Vec<String>,
    pub phases: Vec<Phase>,
    pub recovery_ms: Option<u64>,
    pub load: Load,
    /// Why the run cannot be called valid, whatever the claims say.
    pub doubts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    pub name: String,
    pub started_ms: u64,
    pub ended_ms: u64,
}

/// `final-state.json`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FinalReads {
    pub state: FinalState,
    pub telemetry: Part<Telemetry>,
}

/// `verdict.json`
#[derive(Debug, Serialize)]
pub struct Judgement {
    pub verdict: &'static str,
    pub seed: u64,
    pub run: String,
    /// Why it is not valid, beside the claims.
    pub why: Vec<String>,
    pub claims: Vec<ClaimJudgement>,
    /// Beside the verdict: that is about promises.
    pub thresholds: Vec<Judged>,
    pub sometimes: Vec<Sometimes>,
    pub kills: BTreeMap<String, u64>,
    pub recovery_ms: Option<u64>,
    pub load: Load,
    pub phases: Vec<Phase>,
}

#[derive(Debug, Serialize)]
pub struct ClaimJudgement {
    pub id: &'static str,
    pub title: &'static str,
    pub verdict: &'static str,
    pub examined: String,
    pub wrong: u64,
    pub evidence: Vec<Evidence>,
    pub why: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path} is not what a run leaves: {source}")]
    Format {
        path: PathBuf,
        source: serde_json::Error,
    },
}

impl Folder {
    pub fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Makes it, and lets `latest` beside it point to it.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError::File {
            path: path.to_owned(),
            source,
        };
        std::fs::create_dir_all(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
            let latest = parent.join("latest");
            if latest.is_symlink() {
                std::fs::remove_file(&latest).map_err(failed)?;
            }
            // A folder somebody named `latest` is theirs.
            if !latest.exists() {
                std::os::unix::fs::symlink(name, &latest).map_err(failed)?;
            }
        }
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn history(&self) -> PathBuf {
        self.path.join("history.jsonl")
    }

    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.json")
    }

    pub fn method_log(&self) -> PathBuf {
        self.path.join("method.log")
    }

    pub fn write_record(&self, record: &Record) -> Result<(), FolderError> {
        self.write("run.json", record, Form::ForPeople)
    }

    pub fn write_evidence(
        &self,
        reads: &FinalReads,
        traces: &Part<Traces>,
    ) -> Result<(), FolderError> {
        self.write("final-state.json", reads, Form::Compact)?;
        self.write("traces.json", traces, Form::Compact)
    }

    pub fn write_series(&self, series: &SeriesFile) -> Result<(), FolderError> {
        self.write("series.json", series, Form::Compact)
    }

    pub fn record(&self) -> Result<Record, FolderError> {
        self.read("run.json")
    }

    /// From the files alone: the same verdict today and in a year.
    pub fn judge(&self) -> Result<Judgement, FolderError> {
        let record = self.record()?;
        let (run, mut doubts) = self.run(&record)?;
        doubts.splice(0..0, record.doubts.iter().cloned());
        let reports = checkers::judge(&run);
        let verdict = match doubts.as_slice() {
            [] => Verdict::over(&reports),
            _ => Verdict::over(&reports).merge(Verdict::Unknown(doubts.clone())),
        };
        let journal = run.journal.as_ref().and_then(Part::get);
        let judgement = Judgement {
            verdict: verdict.label(),
            seed: record.seed,
            run: record.setup.prefix.trim_end_matches('-').to_owned(),
            why: doubts,
            claims: reports.into_iter().map(ClaimJudgement::from).collect(),
            thresholds: judged(&record),
            sometimes: sometimes(&run),
            kills: journal
                .map(|journal| journal.kills_by_service())
                .unwrap_or_default(),
            recovery_ms: record.recovery_ms,
            load: record.load,
            phases: record.phases,
        };
        self.write("verdict.json", &judgement, Form::ForPeople)?;
        Ok(judgement)
    }

    /// The evidence, and what of it is missing. A run that ended early has no final reads; its claims are unknown.
    fn run(&self, record: &Record) -> Result<(Run, Vec<String>), FolderError> {
        let path = self.history();
        let history = history::read(&path, record.setup.clone())
            .map_err(|source| FolderError::File { path, source })?;
        let mut doubts = Vec::new();
        let reads = if self.path.join("final-state.json").exists() {
            self.read("final-state.json")?
        } else {
            doubts.push("the run ended before its final reads".to_owned());
            FinalReads::default()
        };
        let traces = if self.path.join("traces.json").exists() {
            self.read("traces.json")?
        } else {
            Part::default()
        };
        let run = Run {
            history,
            state: reads.state,
            journal: evidence::journal(&self.journal(), record.method.is_some()),
            telemetry: reads.telemetry,
            traces,
            started_ms: record.started_ms,
        };
        Ok((run, doubts))
    }

    /// Whole or not at all: whoever waits for the file never sees half of it.
    fn write<T: Serialize>(&self, name: &str, value: &T, form: Form) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let partial = self.path.join(format!("{name}.partial"));
        let written = || -> io::Result<()> {
            let mut out = BufWriter::new(File::create(&partial)?);
            match form {
                Form::ForPeople => serde_json::to_writer_pretty(&mut out, value)?,
                Form::Compact => serde_json::to_writer(&mut out, value)?,
            }
            out.flush()?;
            std::fs::rename(&partial, &path)
        };
        written().map_err(|source| FolderError::File {
            path: path.clone(),
            source,
        })
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, FolderError> {
        let path = self.path.join(name);
        let text = std::fs::read(&path).map_err(|source| FolderError::File {
            path: path.clone(),
            source,
        })?;
        serde_json::from_slice(&text).map_err(|source| FolderError::Format { path, source })
    }
}

fn judged(record: &Record) -> Vec<Judged> {
    let judge = |threshold: &Threshold| threshold.judge(&record.load, record.recovery_ms);
    record.workload.thresholds.iter().map(judge).collect()
}

impl Judgement {
    /// 0: every claim and every threshold holds; 1: a claim is invalid or a threshold is crossed; 2: something of it is
    /// unknown.
    pub fn exit_code(&self) -> u8 {
        let has = |verdict| {
            self.thresholds
                .iter()
                .any(|judged| judged.verdict == verdict)
        };
        match self.verdict {
            "invalid" => 1,
            _ if has(ThresholdVerdict::Crossed) => 1,
            "valid" if !has(ThresholdVerdict::Unknown) => 0,
            _ => 2,
        }
    }
}

impl From<Report> for ClaimJudgement {
    fn from(report: Report) -> Self {
        let verdict = report.verdict.label();
        let (evidence, why) = match report.verdict {
            Verdict::Valid => (Vec::new(), Vec::new()),
            Verdict::Invalid(evidence) => (evidence, Vec::new()),
            Verdict::Unknown(why) => (Vec::new(), why),
        };
        Self {
            id: report.claim.id,
            title: report.claim.title,
            verdict,
            examined: report.examined,
            wrong: report.wrong,
            evidence,
            why,
        }
    }
}
