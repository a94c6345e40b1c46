//! `chaos schema`: what editors read to know experiment files.

use super::say;
use std::process::ExitCode;

use chaos::experiment::schema::schema;

pub fn run() -> ExitCode {
    say(format_args!("{:#}", schema()));
    ExitCode::SUCCESS
}
