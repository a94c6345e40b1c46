//! The files of a run folder, as far as a report needs them. What is missing says why; nothing is taken for zero.

pub mod lines;
mod record;
pub mod series;

use std::io;
use std::path::{Path, PathBuf};

use checkers::history::{Folding, History, Setup};
use checkers::journal::Journal;
use checkers::state::{LogEntry, Part};
use checkers::traces::Traces;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use lines::Lines;
pub use record::{
    ClaimJudgement, EvidenceRow, Judgement, Load, Pace, Phase, Record, Seen, ThresholdJudgement,
};
use series::SeriesFile;

/// Everything a report is made of.
#[derive(Clone, Debug, Default)]
pub struct Files {
    pub record: Record,
    pub judgement: Judgement,
    pub history: History,
    /// Of a run without a method: no fault.
    pub journal: Part<Journal>,
    pub traces: Part<Traces>,
    pub log: Part<Vec<LogEntry>>,
    pub series: Part<SeriesFile>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("{path}: {source}; is it the folder of a run? `loadgen run` says where it leaves one")]
    File { path: PathBuf, source: io::Error },
    #[error("{folder} was not judged: `loadgen judge {folder}` first")]
    NotJudged { folder: PathBuf },
    #[error("{path} is not what a run leaves: {source}; judge the run again first")]
    Format {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{path}: {source}; the report was made and could not be kept")]
    Write { path: PathBuf, source: io::Error },
}

/// Of `final-state.json` the event log alone: the rows are the judge's.
#[derive(Deserialize)]
struct FinalReads {
    state: FinalState,
}

#[derive(Deserialize)]
struct FinalState {
    #[serde(default)]
    log: Part<EventLog>,
}

#[derive(Deserialize)]
struct EventLog {
    entries: Vec<LogEntry>,
}

impl Files {
    /// Without `run.json`, `verdict.json` and `history.jsonl` there is nothing to report.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let record: Record = json(&folder.join("run.json"))?;
        let judgement = judgement(folder)?;
        let history = history(&folder.join("history.jsonl"))?;
        let journal = match &record.method {
            Some(_) => part(&folder.join("journal.json")),
            None => Part::Read(Journal::default()),
        };
        let log = match part::<FinalReads>(&folder.join("final-state.json")) {
            Part::Read(reads) => reads.state.log,
            Part::Missing(why) => Part::Missing(why),
        };
        Ok(Self {
            record,
            judgement,
            history,
            journal,
            traces: flat(part(&folder.join("traces.json"))),
            log: match log {
                Part::Read(log) => Part::Read(log.entries),
                Part::Missing(why) => Part::Missing(why),
            },
            series: part(&folder.join("series.json")),
        })
    }
}

fn judgement(folder: &Path) -> Result<Judgement, ReportError> {
    match json(&folder.join("verdict.json")) {
        Err(ReportError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Err(ReportError::NotJudged {
                folder: folder.to_owned(),
            })
        }
        read => read,
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ReportError> {
    let path = path.to_owned();
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(source) => return Err(ReportError::File { path, source }),
    };
    serde_json::from_slice(&text).map_err(|source| ReportError::Format { path, source })
}

fn part<T: DeserializeOwned>(path: &Path) -> Part<T> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match json(path) {
        Ok(read) => Part::Read(read),
        Err(ReportError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Part::Missing(format!("the run left no {name}"))
        }
        Err(error) => Part::Missing(error.to_string()),
    }
}

fn flat<T>(part: Part<Part<T>>) -> Part<T> {
    match part {
        Part::Read(inner) => inner,
        Part::Missing(why) => Part::Missing(why),
    }
}

/// Any line that cannot be read is passed over here: the judge has the last word on it.
fn history(path: &Path) -> Result<History, ReportError> {
    let failed = |source| ReportError::File {
        path: path.to_owned(),
        source,
    };
    let mut folding = Folding::default();
    for line in Lines::open(path).map_err(failed)? {
        let line = line.map_err(failed)?;
        if let Ok(line) = serde_json::from_slice(&line.octets) {
            let _ = folding.add(line);
        }
    }
    Ok(folding.finish(Setup::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_run_says_what_is_missing_and_where() {
        let error = Files::read(Path::new("/nowhere")).expect_err("there is none");
        let words = error.to_string();
        assert!(words.contains("/nowhere/run.json"), "{words}");
        assert!(words.contains("is it the folder of a run?"), "{words}");
    }

    #[test]
    fn a_file_that_is_not_there_is_missing_with_the_reason() {
        let missing: Part<SeriesFile> = part(Path::new("/nowhere/series.json"));
        let expected = Part::Missing("the run left no series.json".to_owned());
        assert_eq!(missing, expected);
    }
}
