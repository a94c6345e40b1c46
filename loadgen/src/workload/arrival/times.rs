//! Arrivals as a file has them: an offset in ms a line.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Arrivals, Shape};
use crate::dice::Dice;

/// Twelve a second for a day, in 16 MB.
const ARRIVALS_MAX: usize = 1_000_000;
/// So many lines of an offset within a day, eight digits and the ends of a line, and some room.
const OCTETS_MAX: u64 = 16 * ARRIVALS_MAX as u64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "PathBuf", into = "PathBuf")]
pub struct Times {
    /// Beside the workload's file, unless it is absolute.
    pub path: PathBuf,
    /// Empty until it is [loaded](Times::load).
    pub offsets: Arc<[Duration]>,
}

impl Times {
    /// Reads the offsets: ascending, and before `length` is over.
    pub fn load(&mut self, folder: &Path, length: Duration) -> Result<(), String> {
        let path = folder.join(&self.path);
        let shown = path.display().to_string();
        let unreadable = |error| format!("{shown}: {error}");
        let about = std::fs::metadata(&path).map_err(unreadable)?;
        if !about.is_file() {
            return Err(format!("{shown}: not a file"));
        }
        // Read up to there, it would be another load.
        if about.len() > OCTETS_MAX {
            return Err(format!("{shown}: more than {OCTETS_MAX} octets"));
        }
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        let mut offsets: Vec<Duration> = Vec::new();
        for (nth, line) in BufReader::new(file.take(OCTETS_MAX)).lines().enumerate() {
            let at = format!("{shown} line {}", nth + 1);
            let line = line.map_err(|error| format!("{at}: {error}"))?;
            let ms: u64 = (line.trim().parse())
                .map_err(|_| format!("{at}: {line:?} is not an offset in ms, such as 1500"))?;
            let offset = Duration::from_millis(ms);
            if offsets.last().is_some_and(|before| offset < *before) {
                return Err(format!("{at}: {ms} ms is before the line above it"));
            }
            if offset >= length {
                let length = length.as_millis();
                return Err(format!("{at}: {ms} ms is after the stage's {length} ms"));
            }
            if offsets.len() == ARRIVALS_MAX {
                return Err(format!("{at}: more than {ARRIVALS_MAX} arrivals"));
            }
            offsets.push(offset);
        }
        if offsets.is_empty() {
            return Err(format!("{shown}: no arrivals in it"));
        }
        self.offsets = offsets.into();
        Ok(())
    }
}

impl Shape for Times {
    fn arrivals(&self, _: Dice, _: Duration) -> Arrivals {
        let offsets = Arc::clone(&self.offsets);
        Arrivals::Open(Box::new((0..offsets.len()).map(move |nth| offsets[nth])))
    }

    /// A flag may have shortened the stage since they were loaded.
    fn breach(&self, length: Duration) -> Option<(String, String)> {
        let last = self.offsets.last().filter(|last| **last >= length)?;
        let (last_ms, length_ms) = (last.as_millis(), length.as_millis());
        let why = format!("has an arrival at {last_ms} ms, after the stage's {length_ms} ms");
        Some(("file".into(), why))
    }

    fn expected(&self, _: Duration) -> Option<f64> {
        // Before it is loaded nobody knows.
        (!self.offsets.is_empty()).then_some(self.offsets.len() as f64)
    }
}

impl From<PathBuf> for Times {
    fn from(path: PathBuf) -> Self {
        let offsets = Arc::default();
        Self { path, offsets }
    }
}

impl From<Times> for PathBuf {
    fn from(times: Times) -> Self {
        times.path
    }
}

impl JsonSchema for Times {
    fn schema_name() -> Cow<'static, str> {
        "Times".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Arrivals as a file beside this one has them: an offset in ms a line",
            "minLength": 1,
        })
    }
}
