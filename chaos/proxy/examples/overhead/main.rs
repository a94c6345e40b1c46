//! What the proxy costs on the way to a real broker, beside what other relays cost.
//!
//! ```text
//! cargo run --release -p amqp-proxy --example overhead
//!
//!        ┌──────────── nothing ────────────┐
//! load ──┼── a relay that only copies ─────┼──> RabbitMQ
//!        ├── the proxy, without a rule ────┤
//!        └── toxiproxy, where Go is ───────┘
//! ```
//!
//! The same load takes each way in turns, round after round, so that whatever else this
//! machine does meets all of them. Each way is a process of its own.
//!
//! - [`load`]: messages published with confirms and consumed with acknowledgements.
//! - [`way`]: the processes in between. [`toxiproxy`]: one that others wrote.
//! - [`processor`]: what all of them cost.
//! - [`crowd`]: a thousand connections, and the memory that the proxy takes for them.
//! - [`table`]: what was measured, as it stands in BENCHMARKS.md.

mod crowd;
mod load;
mod processor;
mod table;
mod toxiproxy;
mod way;

use clap::{Parser, Subcommand};
use load::{Load, Run};
use platform::servers::TestServers;
use std::{error::Error, process::ExitCode, time::Duration};
use way::Way;

#[derive(Parser)]
#[command(about = "Measures what the AMQP proxy costs, beside other relays")]
struct Options {
    #[command(flatten)]
    load: Load,
    /// How often each way is taken; figures are medians
    #[arg(long, default_value_t = 25)]
    rounds: usize,
    /// Connections opened at once, to weigh the proxy
    #[arg(long, default_value_t = 1000)]
    crowd: usize,
    #[command(subcommand)]
    way: Option<Between>,
}

/// How the example starts itself as what stands in between.
#[derive(Subcommand)]
#[command(hide = true)]
enum Between {
    Relay { upstream: String },
    Proxy { upstream: String },
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = Options::parse();
    // Where it is refused, the crowd's connections fail and the run ends with the reason.
    amqp_proxy::open_files::raise_limit();
    match options.way {
        Some(Between::Relay { upstream }) => way::relay(upstream).await?,
        Some(Between::Proxy { upstream }) => way::proxy(upstream).await?,
        None => return measure(&options).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    eprintln!("RabbitMQ starts");
    let servers = TestServers::start().await?;
    let url = servers.amqp_url();
    let mut ways = vec![
        Way::direct(&url)?,
        Way::ourselves("relay", "a plain TCP relay", &url).await?,
        Way::ourselves("proxy", "the proxy, no rule", &url).await?,
    ];
    match toxiproxy::way(&url).await {
        Ok(way) => ways.push(way),
        Err(why) => eprintln!("without toxiproxy: {why}"),
    }
    eprintln!("a run that does not count, for warmth");
    load::run(&ways[0].url, &options.load).await;
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        let mut runs: Vec<Option<Run>> = ways.iter().map(|_| None).collect();
        // Each is first in turn: what the one before leaves behind meets every other.
        for at in (0..ways.len()).map(|at| (at + round) % ways.len()) {
            let way = &ways[at];
            let before = (way.processor_time(), processor::time_of_all());
            let mut run = load::run(&way.url, &options.load).await;
            run.way_took = way.processor_time().saturating_sub(before.0);
            run.all_took = processor::time_of_all().saturating_sub(before.1);
            eprintln!(
                "round {round} of {}: {:>8.0} messages/s, {} errors, through {}",
                options.rounds,
                run.rate(),
                run.errors.len(),
                way.name,
            );
            runs[at] = Some(run);
        }
        rounds.push(runs.into_iter().flatten().collect::<Vec<_>>());
    }
    let crowd = crowd::weigh(&url, options.crowd).await?;
    print!("{}", table::of(&options.load, &ways, &rounds, &crowd));
    let runs = rounds.iter().flatten();
    let errors: Vec<_> = runs.flat_map(|run| &run.errors).collect();
    errors.iter().for_each(|error| eprintln!("error: {error}"));
    Ok(match errors.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// For what a peer answers within milliseconds unless it is stuck.
const PATIENCE: Duration = Duration::from_secs(60);
