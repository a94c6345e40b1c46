//! Many runs, and a file of the first that fails.

use super::{Arguments, Ending, print};
use messaging::{Entropy, SplitMix};
use simulation::{
    campaign::{Until, run_all},
    file::RunFile,
    run::run as simulate,
    settings::Settings,
    shrink::shrink,
};
use std::{error::Error, io};

/// Runs spent on making a failure small: a minute or so.
const SHRINK_ATTEMPTS_MAX: usize = 600;
/// A base seed that is drawn: short enough to be typed.
const BASE_SEED_MAX: u64 = 1_000_000_000;

pub fn run(arguments: &Arguments) -> Result<Ending, Box<dyn Error>> {
    let base = arguments
        .base_seed
        .unwrap_or_else(|| SplitMix::from_system().below(BASE_SEED_MAX));
    println!("base seed {base}");
    let seeds = (0..arguments.runs).map(|nth| base.wrapping_add(nth));
    let all: Vec<Settings> = seeds.map(|seed| arguments.settings(seed)).collect();
    let until = arguments.until.map_or(Until::FirstFailure, Until::Claim);
    let mut campaign = run_all(&all, usize::from(arguments.jobs), until, |so_far| {
        println!(
            "{} of {} runs, {:.0} a minute, {} orders, {} messages",
            so_far.runs,
            arguments.runs,
            so_far.runs_per_minute(),
            so_far.orders,
            so_far.messages
        );
    })?;
    let _ = print::many(&mut io::stdout().lock(), &campaign);
    campaign.failed.sort_unstable();
    for (seed, claims) in &campaign.failed {
        println!("seed {seed} fails {}", claims.join(", "));
    }
    let mut failed = campaign.failed.iter();
    let asked = failed.find(|(_, claims)| until.is_reached(claims));
    let Some((seed, _)) = asked.or(campaign.failed.first()) else {
        return Ok(Ending::Held);
    };
    if arguments.as_found {
        return Ok(Ending::Failed);
    }
    println!("making it small");
    let settings = arguments.settings(*seed);
    let small = shrink(&settings, simulate(&settings)?, SHRINK_ATTEMPTS_MAX)?;
    println!(
        "{} orders and {} faults are enough, found in {} runs",
        small.settings.orders,
        small.outcome.strikes.len(),
        small.attempts
    );
    let _ = print::findings(&mut io::stdout().lock(), &small.outcome);
    let path = RunFile::of(&small.settings, &small.outcome).write(&arguments.out)?;
    println!(
        "again: simulate --replay {} --timeline   (or --step)",
        path.display()
    );
    Ok(Ending::Failed)
}
