//! What a run leaves on disk, and judging it again from there.
//!
//! | file | what |
//! |---|---|
//! | `run.json` | what was asked, when each phase was, what the load came to |
//! | `history.jsonl` | every operation: invoked, completed, seen to end |
//! | `latency.hlog` | latencies of every few seconds, as HdrHistogram's tools read them |
//! | `journal.json` | what was broken (written by the method) |
//! | `method.log` | what the method said |
//! | `final-state.json` | rows, event log, queues and metrics when everything was quiet |
//! | `traces.json` | the spans of the sampled orders |
//! | `series.json` | queues, outboxes, lags and the like over time, for the report |
//! | `verdict.json` | the judgement, which follows from the files above |
//! | `verdict.junit.xml` | the same for CI: a case per claim and per threshold |
//! | `summary.md` | the same for people, as Markdown |
//! | `report.html` | all of it on one page |
//! | `compare.html` | another run held against it, where somebody asked for that |

mod again;
mod judgement;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use checkers::history::{History, Setup};
use checkers::sometimes::sometimes;
use checkers::state::{FinalState, Part};
use checkers::telemetry::Telemetry;
use checkers::traces::Traces;
use checkers::{Run, Verdict};
use report::files::series::SeriesFile;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::tally::Load;
use crate::workload::Workload;
use crate::workload::threshold::{Judged, Threshold};
use crate::{evidence, history, outputs};

pub use judgement::{ClaimJudgement, Judgement, schema};

/// Rows by the ten thousand are for programs.
enum Form {
    ForPeople,
    Compact,
}

/// What a run writes only in the end: of an earlier one in the same folder, it would be judged for this one's.
const LEFT: [&str; 8] = [
    "latency.hlog",
    "journal.json",
    "method.log",
    "final-state.json",
    "traces.json",
    "series.json",
    "verdict.json",
    "report.html",
];

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
    /// Of a replay, the seed that its orders were drawn with.
    #[serde(default)]
    pub drawn_seed: Option<u64>,
    pub started_ms: u64,
    /// Of history.jsonl when it was closed; of a run that ended before that, or of before this was written, none.
    #[serde(default)]
    pub history_lines: Option<u64>,
    pub method: Option<String>,
    /// What was typed, word by word: `make demo` where that was it, and of a replay the run's own path.
    #[serde(default)]
    pub command: Vec<String>,
    pub phases: Vec<Phase>,
    pub recovery_ms: Option<u64>,
    pub load: Load,
    /// Why the run cannot be called valid, whatever the claims say.
    pub doubts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path} is not what a run leaves: {source}")]
    Format {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{why}; {file} is as it was")]
    NotAgain { file: &'static str, why: String },
}

impl Folder {
    /// By its path, or by that of a file in it.
    pub fn open(path: &Path) -> Self {
        let folder = match path.is_file() {
            true => path.parent().unwrap_or(Path::new("")),
            false => path,
        };
        Self {
            path: folder.to_owned(),
        }
    }

    /// Makes it, without anything of a run before, and lets `latest` beside it point to it.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError::File {
            path: path.to_owned(),
            source,
        };
        std::fs::create_dir_all(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let outputs = outputs::ALL.map(|output| output.file);
        for name in LEFT.into_iter().chain(outputs) {
            remove(&path.join(name))?;
        }
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

    pub fn latency_log(&self) -> PathBuf {
        self.path.join("latency.hlog")
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
        let (run, mut doubts) = self.run(&record);
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
        // Where this one finds no room, the one of before must not be taken for it.
        remove(&self.path.join("verdict.json"))?;
        for output in &outputs::ALL {
            self.put(output.file, |out| {
                out.write_all((output.text)(&judgement).as_bytes())
            })?;
        }
        // Whoever waits for the verdict finds the rest as well.
        self.write("verdict.json", &judgement, Form::ForPeople)?;
        Ok(judgement)
    }

    /// The evidence, and what of it is missing. A run that ended early has no final reads; its claims are unknown. A
    /// history that is not what the run wrote proves nothing and accuses nobody: the other reads are held against it,
    /// so that they are left out.
    fn run(&self, record: &Record) -> (Run, Vec<String>) {
        let path = self.history();
        let (history, doubt) = match history::read(&path, record.setup.clone()) {
            Ok(found) => {
                let doubt = found.doubt(&path, record.history_lines);
                (found.history, doubt)
            }
            Err(error) => (History::default(), Some(error.to_string())),
        };
        let journal = evidence::journal(&self.journal(), record.method.is_some());
        if let Some(doubt) = doubt {
            let setup = record.setup.clone();
            let run = Run {
                history: History::fold(setup, []),
                journal,
                started_ms: record.started_ms,
                ..Run::default()
            };
            return (run, vec![doubt]);
        }
        let mut doubts = Vec::new();
        let reads = self.part("final-state.json").unwrap_or_else(|why| {
            doubts.push(why.unwrap_or("the run ended before its final reads".to_owned()));
            FinalReads::default()
        });
        let traces = self.part("traces.json");
        let traces = traces.unwrap_or_else(|why| why.map_or_else(Part::default, Part::Missing));
        let run = Run {
            history,
            state: reads.state,
            journal,
            telemetry: reads.telemetry,
            traces,
            started_ms: record.started_ms,
        };
        (run, doubts)
    }

    /// What a file has, or why it cannot be read; of one that is not there, nothing.
    fn part<T: DeserializeOwned>(&self, name: &str) -> Result<T, Option<String>> {
        self.read(name).map_err(|error| match &error {
            FolderError::File { source, .. } if source.kind() == io::ErrorKind::NotFound => None,
            _ => Some(error.to_string()),
        })
    }

    fn write<T: Serialize>(&self, name: &str, value: &T, form: Form) -> Result<(), FolderError> {
        self.put(name, |out| match form {
            Form::ForPeople => Ok(serde_json::to_writer_pretty(out, value)?),
            Form::Compact => Ok(serde_json::to_writer(out, value)?),
        })
    }

    /// Whole or not at all: whoever waits for the file never sees half of it.
    fn put(
        &self,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let partial = self.path.join(format!("{name}.partial"));
        let written = || -> io::Result<()> {
            let mut out = BufWriter::new(File::create(&partial)?);
            fill(&mut out)?;
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

fn remove(path: &Path) -> Result<(), FolderError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FolderError::File {
            path: path.to_owned(),
            source,
        }),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn judged(record: &Record) -> Vec<Judged> {
    let judge = |threshold: &Threshold| threshold.judge(&record.load, record.recovery_ms);
    record.workload.thresholds.iter().map(judge).collect()
}
