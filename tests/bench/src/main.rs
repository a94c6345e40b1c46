//! `bench`: measure, print, and with `--write` put the figures into BENCHMARKS.md. Exit code 1: it could not be run.

#![forbid(unsafe_code)]

use std::io;
use std::path::Path;
use std::process::ExitCode;

use bench::generators::{self, ours, stub};
use bench::report::{self, Document, GENERATORS, SYSTEM};
use bench::run::{self, BenchError, file};
use bench::settings::{Apart, Cli, GeneratorSettings, Settings};
use clap::Parser;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    raise_file_limit();
    let cli = Cli::parse();
    let done = runtime(&cli).map_err(file(Path::new("a runtime")));
    let done = done.and_then(|runtime| runtime.block_on(interruptible(cli)));
    done.unwrap_or_else(|error| {
        eprintln!("bench: {error}");
        ExitCode::FAILURE
    })
}

/// The stub leaves a core to whoever loads it.
fn runtime(cli: &Cli) -> io::Result<Runtime> {
    let mut builder = match cli.apart {
        Some(Apart::Stub) => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

async fn interruptible(cli: Cli) -> Result<ExitCode, BenchError> {
    tokio::select! {
        measured = measured(cli) => measured.map(|()| ExitCode::SUCCESS),
        // Dropping what was under way ends its platform.
        _ = tokio::signal::ctrl_c() => {
            eprintln!("bench: interrupted, nothing was written");
            Ok(ExitCode::from(130))
        }
    }
}

async fn measured(cli: Cli) -> Result<(), BenchError> {
    match cli.apart {
        None => system(&cli.settings).await,
        Some(Apart::Generators(settings)) => side_by_side(&settings).await,
        Some(Apart::Stub) => stub::serve_until_killed()
            .await
            .map_err(file(Path::new("the stub"))),
        Some(Apart::Drive(driving)) => {
            let said = ours::drive(&driving).await?;
            println!("{}", serde_json::json!(said));
            Ok(())
        }
    }
}

async fn system(settings: &Settings) -> Result<(), BenchError> {
    // Opened first: minutes of measuring must not end at a document that cannot take the figures.
    let open = |path| Document::open(path, SYSTEM);
    let document = settings.write.as_deref().map(open).transpose()?;
    let figures = run::run(settings).await?;
    told(&report::markdown(&figures), document)
}

async fn side_by_side(settings: &GeneratorSettings) -> Result<(), BenchError> {
    let open = |path| Document::open(path, GENERATORS);
    let document = settings.write.as_deref().map(open).transpose()?;
    let found = generators::measure(settings).await?;
    told(&report::generators::markdown(&found), document)
}

fn told(text: &str, document: Option<Document>) -> Result<(), BenchError> {
    println!("{text}");
    document.map_or(Ok(()), |document| document.write(text))
}

/// An order under way holds a connection; the usual soft limit of 1,024 is fewer than the highest rate needs.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, connections fail and are counted.
    let _ = setrlimit(Resource::Nofile, limit);
}
