//! What is shown of runs.

use checkers::Verdict;
use simulation::{campaign::Campaign, run::Outcome, sometimes::Seen};
use std::io::{self, Write};

pub fn one(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    writeln!(
        out,
        "seed {}: {} orders, {} messages, {} steps, {} faults, {} s simulated",
        outcome.seed,
        outcome.orders,
        outcome.messages,
        outcome.steps,
        outcome.strikes.len(),
        outcome.simulated_us / 1_000_000
    )?;
    for report in &outcome.reports {
        let (id, title) = (report.claim.id, report.claim.title);
        let verdict = report.verdict.label();
        writeln!(out, "{id:<4} {verdict:<8} {title}: {}", report.examined)?;
    }
    let mut seen = Seen::default();
    seen.add(&outcome.sometimes);
    sometimes(out, &seen)?;
    findings(out, outcome)
}

pub fn many(out: &mut impl Write, campaign: &Campaign) -> io::Result<()> {
    writeln!(
        out,
        "{} runs in {:.1} s ({:.0} a minute): {} orders, {} messages, {} steps, {} faults, {:.1} h simulated",
        campaign.runs,
        campaign.elapsed.as_secs_f64(),
        campaign.runs_per_minute(),
        campaign.orders,
        campaign.messages,
        campaign.steps,
        campaign.strikes,
        campaign.simulated.as_secs_f64() / 3_600.0
    )?;
    sometimes(out, &campaign.seen)
}

pub fn findings(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    /// The first rows show what went wrong; the file has more.
    const SHOWN_MAX: usize = 5;
    for report in outcome.failed() {
        writeln!(out, "{} {}:", report.claim.id, report.claim.title)?;
        match &report.verdict {
            Verdict::Invalid(evidence) => {
                for one in evidence.iter().take(SHOWN_MAX) {
                    writeln!(
                        out,
                        "  {}: {} should be {}, is {}",
                        one.subject, one.place, one.expected, one.found
                    )?;
                }
            }
            Verdict::Unknown(why) => writeln!(out, "  not known: {}", why.join("; "))?,
            Verdict::Valid => {}
        }
    }
    Ok(())
}

fn sometimes(out: &mut impl Write, seen: &Seen) -> io::Result<()> {
    for one in seen.iter() {
        let never = if one.seen == 0 { "  (never)" } else { "" };
        writeln!(out, "{:>10} {}{never}", one.seen, one.name)?;
    }
    Ok(())
}
