//! `chaos`: break the running system, keep the receipts, have it judged.

#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    amqp_proxy::open_files::raise_limit();
    cli::main(cli::CommandLine::parse()).await
}
