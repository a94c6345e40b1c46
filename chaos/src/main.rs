//! `chaos`: break the running system, keep the receipts, have it judged.

#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    cli::main(cli::CommandLine::parse()).await
}
