//! Two thousand worlds: half are always the same, half are new.

use messaging::{Entropy, SplitMix};
use simulation::{
    campaign::{Until, run_all},
    settings::Settings,
};

/// From 1 on, as `make teeth` draws them: what it catches there is caught here.
const FIXED: u64 = 1_000;
const NEW: u64 = 1_000;
/// Set it to repeat the new half of an earlier run.
const BASE_SEED: &str = "SIMULATION_BASE_SEED";

#[test]
fn every_claim_holds_in_two_thousand_worlds_and_every_fault_is_met() {
    let base = std::env::var(BASE_SEED)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| 1_000_000 + SplitMix::from_system().below(1_000_000_000));
    println!("new seeds from {base} on; {BASE_SEED}={base} repeats them");
    let seeds = (1..=FIXED).chain(base..base + NEW);
    let all: Vec<Settings> = seeds.map(Settings::seeded).collect();
    let campaign = run_all(&all, 2, Until::End, |so_far| {
        println!(
            "{} runs, {:.0} a minute",
            so_far.runs,
            so_far.runs_per_minute()
        );
    })
    .expect("the runs can be made");
    assert!(
        campaign.failed.is_empty(),
        "claim: (runs that failed, first seed): {:?}: \
         `simulate --runs 1 --base-seed SEED` makes one small and keeps it",
        campaign.failures()
    );
    assert_eq!(campaign.runs, FIXED + NEW);
    assert_eq!(
        campaign.seen.never(),
        [""; 0],
        "never happened, so it was not tested"
    );
}

#[test]
fn a_read_side_that_is_held_up_for_as_long_as_anybody_reads_is_read_in_peace() {
    let once_without_a_read = [Settings::seeded(388_387_782)];
    let campaign = run_all(&once_without_a_read, 1, Until::End, |_| ()).expect("it can be run");
    assert!(campaign.failed.is_empty(), "{:?}", campaign.failures());
}
