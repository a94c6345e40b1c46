//! `chaos schema`: what editors read to know experiment files.

use std::process::ExitCode;

use chaos::experiment::schema::schema;

pub fn run() -> ExitCode {
    println!("{:#}", schema());
    ExitCode::SUCCESS
}
