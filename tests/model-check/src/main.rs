//! `model-check`: explore the sagas, all of them or one in a browser.

use clap::{Args, Parser, Subcommand};
use model_check::{
    carelessness::Carelessness,
    check::Progress,
    run::run,
    scenario::{self, Scenario},
    table,
    world::World,
};
use stateright::Model;
use std::{
    net::{SocketAddr, TcpListener},
    process::ExitCode,
    thread,
};

/// Explores every state of the sagas, over the cores that production runs.
///
/// Exit code: 0 every claim holds and everything was seen; 1 a claim is violated, or
/// something was never seen; 2 there is no answer.
#[derive(Parser)]
#[command(name = "model-check", version)]
struct CommandLine {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Check models, all of them if none is named (the default)
    Check(Check),
    /// Open one model in stateright's explorer, on the loopback interface
    Explore {
        #[arg(value_parser = model)]
        model: Scenario,
        /// Port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:3000", value_parser = loopback)]
        address: SocketAddr,
    },
    /// List the models
    List,
}

#[derive(Args, Default)]
struct Check {
    #[arg(value_parser = model)]
    models: Vec<Scenario>,
    /// Models at a time [default: one a processor]
    #[arg(long)]
    jobs: Option<usize>,
    /// Cancels by customers, in all, instead of the model's own bound
    #[arg(long)]
    cancels: Option<u8>,
    /// Deadlines that come, in all, instead of the model's own bound
    #[arg(long)]
    deadlines: Option<u8>,
    /// Plant a mistake in the pipeline and see what it breaks
    #[arg(long)]
    careless: Option<Carelessness>,
}

fn model(name: &str) -> Result<Scenario, String> {
    Scenario::find(name)
        .ok_or_else(|| "no such model; `model-check list` names them all".to_owned())
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "not an address:port".to_owned())?;
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err("the explorer has no password: give it a loopback address".to_owned()),
    }
}

fn main() -> ExitCode {
    match CommandLine::parse().verb {
        None => check(Check::default()),
        Some(Verb::Check(asked)) => check(asked),
        Some(Verb::List) => {
            print!("{}", table::models(&scenario::all()));
            ExitCode::SUCCESS
        }
        Some(Verb::Explore { model, address }) => explore(model, address),
    }
}

fn check(asked: Check) -> ExitCode {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let mut models = match asked.models.is_empty() {
        true => scenario::all(),
        false => asked.models,
    };
    for model in &mut models {
        model.cancels = asked.cancels.unwrap_or(model.cancels);
        model.deadlines = asked.deadlines.unwrap_or(model.deadlines);
        if let Some(careless) = asked.careless {
            *model = model.clone().careless(careless);
        }
    }
    let tell = |model: &str, at: Progress| {
        eprintln!(
            "{model}: {} states, depth {}, {:.0} s",
            at.states,
            at.depth,
            at.elapsed.as_secs_f64()
        );
    };
    let reports = run(&models, asked.jobs.unwrap_or_else(processors), &tell);
    print!("{}{}", table::reports(&reports), table::failures(&reports));
    if let Some(memory) = memory_peak() {
        println!("\nmemory at most: {memory}");
    }
    let is_proof = |report: &Result<_, _>| match report {
        Ok(report) => model_check::check::Report::is_proof(report),
        Err(_) => true,
    };
    if !reports.iter().all(|(_, report)| is_proof(report)) {
        ExitCode::from(1)
    } else if reports.iter().any(|(_, report)| report.is_err()) {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

/// As the kernel counts it; nothing where there is no such file.
fn memory_peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}

fn explore(model: Scenario, address: SocketAddr) -> ExitCode {
    // The explorer panics where it cannot bind: asked first, and let go at once.
    let free = TcpListener::bind(address).and_then(|listener| listener.local_addr());
    let address = match free {
        Ok(address) => address,
        Err(error) => {
            eprintln!("cannot listen on {address}: {error}; choose another with --address");
            return ExitCode::from(2);
        }
    };
    println!(
        "{} is at http://{address}/ until you press Ctrl-C",
        model.name
    );
    World::new(model).checker().serve(address);
    ExitCode::SUCCESS
}
