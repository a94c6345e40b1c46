//! `series.json`: what was measured over time, one series of lines a question.

use checkers::state::Part;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesFile {
    /// Unix ms of the first and the last possible sample.
    pub from_ms: u64,
    pub to_ms: u64,
    pub step_ms: u64,
    pub series: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// `queue_depth`
    pub name: String,
    /// What was asked, so that a wrong question can be seen.
    pub query: String,
    pub unit: String,
    /// Never empty: no line is no data, and says why.
    pub lines: Part<Vec<SampledLine>>,
}

/// One instance, queue or service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampledLine {
    pub label: String,
    /// (unix ms, value), rising in time.
    pub samples: Vec<(u64, f64)>,
}

impl SeriesFile {
    /// The lines of a name, or why there are none.
    pub fn lines(&self, name: &str) -> Result<(&Series, &[SampledLine]), String> {
        let series = self.series.iter().find(|series| series.name == name);
        match series.map(|series| (series, &series.lines)) {
            Some((series, Part::Read(lines))) => Ok((series, lines)),
            Some((_, Part::Missing(why))) => Err(why.clone()),
            None => Err("the run did not ask for it".into()),
        }
    }
}
