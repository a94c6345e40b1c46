//! The verdict as people read it.

use std::fmt::Write;

use checkers::verdict::grouped;

use crate::folder::{ClaimJudgement, Judgement};
use crate::tally::Percentiles;
use crate::workload::Pace;
use crate::workload::threshold::ThresholdVerdict;

/// Rows of evidence shown per claim; `verdict.json` has more.
const EVIDENCE_SHOWN: usize = 5;

/// Colour where a person looks, none where a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Colour,
    Plain,
}

impl Ink {
    /// `NO_COLOR` is heard.
    pub fn of_terminal(is_terminal: bool) -> Self {
        match is_terminal && std::env::var_os("NO_COLOR").is_none() {
            true => Ink::Colour,
            false => Ink::Plain,
        }
    }

    pub fn paint(self, verdict: &str, text: &str) -> String {
        let code = match verdict {
            "valid" | "held" => "32",
            "invalid" | "crossed" => "31",
            _ => "33",
        };
        match self {
            Ink::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
            Ink::Plain => text.to_owned(),
        }
    }
}

pub fn table(judgement: &Judgement, ink: Ink) -> String {
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = write_table(&mut out, judgement, ink);
    out
}

fn write_table(out: &mut String, judgement: &Judgement, ink: Ink) -> std::fmt::Result {
    load(out, judgement)?;
    writeln!(out)?;
    for claim in &judgement.claims {
        write_claim(out, claim, ink)?;
    }
    writeln!(out)?;
    let seen: Vec<String> = judgement
        .sometimes
        .iter()
        .filter(|sometimes| sometimes.seen > 0)
        .map(|sometimes| format!("{} {}", grouped(sometimes.seen), sometimes.name))
        .collect();
    writeln!(out, "seen       {}", seen.join(", "))?;
    let unseen: Vec<&str> = judgement
        .sometimes
        .iter()
        .filter(|s| s.seen == 0)
        .map(|s| s.name)
        .collect();
    if !unseen.is_empty() {
        writeln!(
            out,
            "not seen   {}: not tested by this run",
            unseen.join(", ")
        )?;
    }
    for why in &judgement.why {
        writeln!(out, "doubt      {why}")?;
    }
    writeln!(
        out,
        "\n{}",
        ink.paint(
            judgement.verdict,
            &format!("verdict: {}", judgement.verdict)
        )
    )?;
    thresholds(out, judgement, ink)
}

/// A line of its own: the verdict is about promises, and a slow system may have kept them all.
fn thresholds(out: &mut String, judgement: &Judgement, ink: Ink) -> std::fmt::Result {
    for verdict in [
        ThresholdVerdict::Crossed,
        ThresholdVerdict::Unknown,
        ThresholdVerdict::Held,
    ] {
        let of_it = judgement
            .thresholds
            .iter()
            .filter(|it| it.verdict == verdict);
        let words: Vec<String> = of_it
            .map(|it| format!("{} ({})", it.threshold, it.found))
            .collect();
        if !words.is_empty() {
            let line = format!("thresholds {}: {}", verdict.label(), words.join(", "));
            writeln!(out, "{}", ink.paint(verdict.label(), &line))?;
        }
    }
    Ok(())
}

fn load(out: &mut String, judgement: &Judgement) -> std::fmt::Result {
    let load = &judgement.load;
    writeln!(out, "run        {}, seed {}", judgement.run, judgement.seed)?;
    match load.pace {
        Pace::Open => writeln!(
            out,
            "load       {:.1} orders/s of {:.1} intended over {:.0} s: {} sent, {} late (worst {:.0} ms), {} dropped",
            load.orders_per_second,
            load.rate_intended,
            load.seconds,
            grouped(load.sent),
            grouped(load.late),
            load.latest_ms,
            grouped(load.dropped),
        )?,
        Pace::Closed => writeln!(
            out,
            "load       {:.1} orders/s in a closed loop over {:.0} s: {} sent; a slow system was asked less, and latencies look better than they are",
            load.orders_per_second,
            load.seconds,
            grouped(load.sent),
        )?,
    }
    writeln!(
        out,
        "answers    {} acknowledged, {} failed, {} unknown, {} seen to end",
        grouped(load.acknowledged),
        grouped(load.failed),
        grouped(load.unknown),
        grouped(load.ended),
    )?;
    for (coordination, latency) in &load.latency {
        writeln!(
            out,
            "latency    {coordination:<14} {}",
            percentiles(latency)
        )?;
    }
    writeln!(
        out,
        "           {:<14} {}",
        "acknowledged",
        percentiles(&load.acknowledgement)
    )?;
    if !judgement.kills.is_empty() {
        let kills: Vec<String> = judgement
            .kills
            .iter()
            .map(|(service, n)| format!("{service} {n}"))
            .collect();
        writeln!(out, "killed     {}", kills.join(", "))?;
    }
    if let Some(recovery_ms) = judgement.recovery_ms {
        writeln!(
            out,
            "recovery   {:.1} s after the last fault",
            recovery_ms as f64 / 1_000.0
        )?;
    }
    Ok(())
}

fn percentiles(latency: &Percentiles) -> String {
    format!(
        "p50 {:.1} ms  p90 {:.1} ms  p99 {:.1} ms  max {:.0} ms",
        latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.max_ms
    )
}

fn write_claim(out: &mut String, claim: &ClaimJudgement, ink: Ink) -> std::fmt::Result {
    let verdict = ink.paint(claim.verdict, &format!("{:<8}", claim.verdict));
    writeln!(
        out,
        "{:<4} {:<40} {verdict} {}",
        claim.id, claim.title, claim.examined
    )?;
    for evidence in claim.evidence.iter().take(EVIDENCE_SHOWN) {
        writeln!(out, "       {evidence}")?;
    }
    let more = claim.wrong.saturating_sub(EVIDENCE_SHOWN as u64);
    if more > 0 {
        writeln!(out, "       and {} more", grouped(more))?;
    }
    for why in &claim.why {
        writeln!(out, "       {why}")?;
    }
    Ok(())
}
