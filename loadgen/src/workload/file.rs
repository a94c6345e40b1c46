//! From a path or a name to a workload, or to all the mistakes in it.

use std::path::{Path, PathBuf};

use strict_yaml::{Breach, Document, FileError, Format, meant};

use super::{Arrival, Pace, Threshold, Workload, named};

#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{}: {why}", path.display())]
    Times { path: PathBuf, why: String },
    #[error("there is no workload `{name}`{meant}. A file is named by its path: ./{name}.yaml")]
    Name { name: String, meant: String },
}

/// A name without a folder and an ending is one of ours.
pub fn find(name_or_path: &str) -> Result<Workload, WorkloadError> {
    let path = Path::new(name_or_path);
    if path.extension().is_some() || path.components().count() != 1 {
        return read(path);
    }
    named::find(name_or_path).ok_or_else(|| WorkloadError::Name {
        name: name_or_path.to_owned(),
        meant: meant(name_or_path, named::NAMED.iter().map(|named| named.name)),
    })
}

pub fn read(path: &Path) -> Result<Workload, WorkloadError> {
    let mut workload: Workload = strict_yaml::read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for (nth, stage) in workload.stages.iter_mut().enumerate() {
        if let Arrival::Times(times) = &mut stage.arrival {
            let loaded = times.load(folder, stage.duration.0);
            loaded.map_err(|why| WorkloadError::Times {
                path: path.to_owned(),
                why: format!("stages[{nth}].file: {why}"),
            })?;
        }
    }
    Ok(workload)
}

impl Document for Workload {
    const FORMATS: &'static [Format] = &[Threshold::FORMAT];

    fn breaches(&self) -> Vec<Breach> {
        let stages = self.stages.iter().enumerate();
        let of_stages = stages.filter_map(|(nth, stage)| {
            let (member, why) = stage.breach()?;
            Some(Breach::at(format!("stages[{nth}].{member}"), why))
        });
        let of_mix = self.mix.breaches().map(|(path, why)| Breach::at(path, why));
        of_stages.chain(of_mix).chain(self.mixed_paces()).collect()
    }
}

impl Workload {
    /// A latency of an open loop and one of a closed loop are not the same thing, and would be in one histogram.
    fn mixed_paces(&self) -> Option<Breach> {
        let mut stages = self.stages.iter().enumerate();
        let (nth, _) = stages.find(|(_, stage)| !matches!(stage.arrival, Arrival::Closed(_)))?;
        (self.pace() == Pace::Closed).then(|| {
            let why = "an open stage among closed ones: their latencies cannot be told apart";
            Breach::at(format!("stages[{nth}]"), why)
        })
    }
}
