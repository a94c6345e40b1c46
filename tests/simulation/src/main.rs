//! `simulate`: seeded worlds of the whole system, one or many.
//!
//! Exit codes: 0 everything held, 1 a claim failed, 2 it could not be run.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(&cli::Arguments::parse()) {
        Ok(cli::Ending::Held) => ExitCode::SUCCESS,
        Ok(cli::Ending::Failed) => ExitCode::from(1),
        Err(error) => {
            eprintln!("simulate: {error}");
            ExitCode::from(2)
        }
    }
}
