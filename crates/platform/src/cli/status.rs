//! `status`: every process in a table.

use std::process::ExitCode;
use std::time::Duration;

use serde::Deserialize;

use super::{Failure, Place};
use crate::endpoints::{Endpoints, Secrets};
use crate::lock::{Holder, Lock};
use crate::run_dir::RunDir;

const NOTHING_RUNS: u8 = 3;
/// The answer is a list in memory, over loopback.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Row {
    name: String,
    pid: Option<u32>,
    state: String,
    ready: bool,
    restarts: u64,
}

pub async fn status(place: &Place) -> Result<ExitCode, Failure> {
    let nothing = || {
        say!("nothing runs in {}", place.dir.display());
        Ok(ExitCode::from(NOTHING_RUNS))
    };
    if !place.dir.is_dir() {
        return nothing();
    }
    let run_dir = RunDir::open(&place.dir).map_err(Failure::other)?;
    let Holder::Process(supervisor) = Lock::holder(&run_dir).map_err(Failure::other)? else {
        return nothing();
    };
    let Ok(endpoints) = Endpoints::read(&run_dir) else {
        say!("starting (process {supervisor})");
        return Ok(ExitCode::from(1));
    };
    let secrets = Secrets::read(&run_dir).map_err(Failure::other)?;
    let rows: Vec<Row> = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(Failure::other)?
        .get(format!("{}/processes", endpoints.control))
        .bearer_auth(secrets.control_token)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(Failure::other)?
        .json()
        .await
        .map_err(Failure::other)?;
    say!(
        "{:<18}{:>8}  {:<11}{:<7}restarts",
        "name",
        "pid",
        "state",
        "ready"
    );
    for row in &rows {
        say!(
            "{:<18}{:>8}  {:<11}{:<7}{}",
            row.name,
            row.pid
                .map_or_else(|| "-".to_owned(), |pid| pid.to_string()),
            row.state,
            if row.ready { "yes" } else { "no" },
            row.restarts
        );
    }
    let all_ready = rows.iter().all(|row| row.ready);
    Ok(ExitCode::from(u8::from(!all_ready)))
}
