//! A run folder with a supervisor in it: the part that must be cleaned up whatever else happens.

use std::sync::Arc;

use crate::config::Config;
use crate::lock::{Holder, Lock};
use crate::process::{Supervisor, leftovers};
use crate::run_dir::RunDir;
use crate::start::StartError;

pub struct Site {
    pub supervisor: Arc<Supervisor>,
    pub run_dir: RunDir,
    _lock: Lock,
}

impl Site {
    /// Takes the folder, and sweeps what a supervisor left that was killed.
    pub async fn open(config: &Config) -> Result<Site, StartError> {
        let missing = config.missing_programs();
        if !missing.is_empty() {
            return Err(StartError::Programs(missing));
        }
        let run_dir = RunDir::open(&config.dir).map_err(StartError::folder(&config.dir))?;
        let folder = || StartError::folder(&config.dir);
        let Some(lock) = Lock::take(&run_dir).map_err(folder())? else {
            let holder = Lock::holder(&run_dir).map_err(folder())?;
            return Err(StartError::Running(match holder {
                Holder::Process(pid) => pid,
                Holder::Nobody => 0,
            }));
        };
        sweep(&run_dir).await;
        run_dir.forget_logs();
        let supervisor = Supervisor::open(run_dir.path(), &run_dir.logs()).map_err(folder())?;
        Ok(Site {
            supervisor: Arc::new(supervisor),
            run_dir,
            _lock: lock,
        })
    }
}

impl Drop for Site {
    /// Others may still hold the supervisor, so close it instead of waiting for them.
    fn drop(&mut self) {
        self.supervisor.close();
        leftovers::end(self.run_dir.path());
        self.run_dir.clear();
    }
}

/// Ends whatever belongs to the folder and clears the data. Returns who would not go.
pub async fn sweep(run_dir: &RunDir) -> Vec<u32> {
    let folder = run_dir.path().to_owned();
    let ended = tokio::task::spawn_blocking(move || leftovers::end(&folder)).await;
    run_dir.clear();
    ended.unwrap_or_else(|_| leftovers::of(run_dir.path()))
}
