//! `bench`: measure, print, and with `--write` put the figures into BENCHMARKS.md. Exit code 1: it could not be run.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use bench::report::{self, Document};
use bench::run::{self, BenchError};
use bench::settings::Settings;
use clap::Parser;
use rustix::process::{Resource, getrlimit, setrlimit};

#[tokio::main]
async fn main() -> ExitCode {
    raise_file_limit();
    let measured = tokio::select! {
        measured = bench(Settings::parse()) => measured,
        // Dropping what was under way ends its platform.
        _ = tokio::signal::ctrl_c() => {
            eprintln!("bench: interrupted, nothing was written");
            return ExitCode::from(130);
        }
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn bench(settings: Settings) -> Result<(), BenchError> {
    // Opened first: minutes of measuring must not end at a document that cannot take the figures.
    let document = settings.write.as_deref().map(Document::open).transpose()?;
    let figures = run::run(&settings).await?;
    let text = report::markdown(&figures);
    println!("{text}");
    if let Some(document) = document {
        document.write(&text)?;
    }
    Ok(())
}

/// An order under way holds a connection; the usual soft limit of 1,024 is fewer than the highest rate needs.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, connections fail and are counted.
    let _ = setrlimit(Resource::Nofile, limit);
}
