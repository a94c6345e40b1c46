//! `chaos schema`: what editors read to know experiment files.

use super::say;
use std::process::ExitCode;

use chaos::experiment::Experiment;

pub fn run() -> ExitCode {
    say(format_args!("{:#}", strict_yaml::schema::<Experiment>()));
    ExitCode::SUCCESS
}
