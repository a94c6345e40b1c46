//! Why a command failed, and the code it exits with.

use std::process::ExitCode;

use crate::packages::InstallError;
use crate::start::StartError;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("{0}")]
    Setting(String),
    #[error("{0}")]
    Other(String),
}

/// sysexits.h: a service that is needed is not there.
const UNAVAILABLE: u8 = 69;
/// Try again later.
const TEMPFAIL: u8 = 75;
const CONFIG: u8 = 78;

impl Failure {
    pub fn other(error: impl std::fmt::Display) -> Failure {
        Failure::Other(error.to_string())
    }

    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Failure::Start(StartError::Programs(_)) | Failure::Install(_) => UNAVAILABLE,
            Failure::Start(StartError::Running(_)) => TEMPFAIL,
            Failure::Setting(_) => CONFIG,
            Failure::Start(_) | Failure::Other(_) => 1,
        })
    }
}
