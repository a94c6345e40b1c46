//! From a path to an experiment, or to all the mistakes in it.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::check::{Mistake, check};
use super::schema::schema;
use super::tree::{Node, Place};
use super::{Experiment, Step};
use crate::fault;

/// The longest of ours has 4 KB; what is larger is no experiment.
const BYTES_MAX: u64 = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", Listed(path, mistakes))]
    Wrong {
        path: PathBuf,
        mistakes: Vec<Mistake>,
    },
}

struct Listed<'a>(&'a Path, &'a [Mistake]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, mistake) in self.1.iter().enumerate() {
            if nth > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:{mistake}", self.0.display())?;
        }
        Ok(())
    }
}

pub fn read(path: &Path) -> Result<Experiment, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    parse(&text).map_err(|mistakes| FileError::Wrong {
        path: path.to_owned(),
        mistakes,
    })
}

pub fn parse(text: &str) -> Result<Experiment, Vec<Mistake>> {
    let alone = |at, why: String| vec![Mistake::new(at, "", why)];
    if text.len() as u64 > BYTES_MAX {
        let why = format!("longer than {BYTES_MAX} bytes");
        return Err(alone(Place { line: 1, column: 1 }, why));
    }
    let root = Node::parse(text).map_err(|broken| alone(broken.at, broken.why))?;
    let mistakes = check(&root, &schema());
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    // What a schema cannot say: the types say it, in words, of the whole.
    let experiment: Experiment = serde_json::from_value(root.to_json())
        .map_err(|error| alone(root.at, error.to_string()))?;
    let mistakes = beyond_the_schema(&experiment);
    match mistakes.is_empty() {
        true => Ok(experiment),
        false => Err(mistakes
            .into_iter()
            .flat_map(|why| alone(root.at, why))
            .collect()),
    }
}

/// What is true of the whole and of no part.
fn beyond_the_schema(experiment: &Experiment) -> Vec<String> {
    let mut mistakes = Vec::new();
    if experiment.workload.is_none() && experiment.steady_state_hypothesis.is_none() {
        mistakes.push(
            "neither a workload nor a steady-state-hypothesis: nothing would be found out".into(),
        );
    }
    if !any_fault(&experiment.method) {
        mistakes.push("the method has no fault: nothing is broken".into());
    }
    if any_fault(&experiment.rollbacks) {
        mistakes.push("a rollback must not break anything: faults belong to the method".into());
    }
    mistakes
}

fn any_fault(steps: &[Step]) -> bool {
    faults(steps).next().is_some()
}

/// Every fault of these steps, however deep.
pub fn faults(steps: &[Step]) -> Box<dyn Iterator<Item = &super::Inject> + '_> {
    Box::new(steps.iter().flat_map(|step| match step {
        Step::Inject(inject) => Box::new(std::iter::once(inject)) as Box<dyn Iterator<Item = _>>,
        Step::Parallel(all) => faults(&all.parallel),
        Step::Sequence(all) => faults(&all.sequence),
        Step::Repeat(again) => faults(&again.repeat.steps),
        Step::Mix(mixed) => faults(&mixed.mix.of),
        Step::Pause(_) | Step::Probe(_) => Box::new(std::iter::empty()),
    }))
}

/// What the target must be able to do.
pub fn needs(experiment: &Experiment) -> Vec<fault::Capability> {
    let kinds = faults(&experiment.method).filter_map(|inject| fault::named(&inject.fault));
    let mut needs: Vec<_> = kinds.flat_map(|kind| kind.needs.iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
