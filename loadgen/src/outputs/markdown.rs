//! `summary.md`: the verdict on a page of Markdown, for a job's summary or a comment.

mod page;

use std::fmt::Write;

use checkers::verdict::grouped;

use super::Output;
use crate::folder::{ClaimJudgement, Judgement};
use crate::tally::Percentiles;
use crate::workload::Pace;
use crate::workload::threshold::ThresholdVerdict;
use page::{Page, cell};

pub const OUTPUT: Output = Output {
    file: "summary.md",
    text,
};

/// Rows of evidence shown per claim; verdict.json has more.
const EVIDENCE_SHOWN: usize = 5;

pub fn text(judgement: &Judgement) -> String {
    let mut page = Page::default();
    verdict(&mut page, judgement);
    claims(&mut page, judgement);
    evidence(&mut page, judgement);
    thresholds(&mut page, judgement);
    load(&mut page, judgement);
    page.finish()
}

fn verdict(page: &mut Page, judgement: &Judgement) {
    let run = cell(&judgement.run);
    page.line(format!("### Breakwater run {run}: {}", judgement.verdict));
    page.line("");
    page.line(sentence(judgement));
    for doubt in &judgement.why {
        page.line(format!("- doubt: {}", cell(doubt)));
    }
}

fn sentence(judgement: &Judgement) -> String {
    let of = |verdict| {
        let claims = judgement.claims.iter();
        claims.filter(|claim| claim.verdict == verdict).count()
    };
    let crossed = judgement.thresholds.iter();
    let crossed = crossed.filter(|it| it.verdict == ThresholdVerdict::Crossed);
    let mut words = match judgement.claims.len() {
        0 => "No claim was judged".to_owned(),
        all => format!("{} of {all} claims hold", of("valid")),
    };
    for (count, what) in [
        (of("invalid"), "do not"),
        (of("unknown"), "could not be judged"),
        (judgement.why.len(), "doubts"),
        (crossed.count(), "thresholds are crossed"),
    ] {
        if count > 0 {
            let _ = write!(words, ", {count} {what}");
        }
    }
    let seed = judgement.seed;
    format!("**{}**: {words}. Seed {seed}.", judgement.verdict)
}

fn claims(page: &mut Page, judgement: &Judgement) {
    page.table(&["claim", "", "verdict", "examined"]);
    for claim in &judgement.claims {
        page.row(&[claim.id, claim.title, claim.verdict, &claim.examined]);
    }
}

fn evidence(page: &mut Page, judgement: &Judgement) {
    let wrong = |claim: &&ClaimJudgement| claim.verdict == "invalid";
    if judgement.claims.iter().any(|claim| wrong(&claim)) {
        page.table(&["claim", "what is wrong", "where", "is", "must be", "trace"]);
    }
    for claim in judgement.claims.iter().filter(wrong) {
        let shown = claim.evidence.iter().take(EVIDENCE_SHOWN);
        for it in shown.clone() {
            let trace = it.trace_id.as_deref().unwrap_or_default();
            let row = [
                claim.id,
                &it.subject,
                &it.place,
                &it.found,
                &it.expected,
                trace,
            ];
            page.row(&row);
        }
        let more = claim.wrong.saturating_sub(shown.count() as u64);
        if more > 0 {
            let more = format!("and {} more", grouped(more));
            page.row(&[claim.id, &more, "", "", "", ""]);
        }
    }
    let unknown = |claim: &&ClaimJudgement| claim.verdict == "unknown";
    if judgement.claims.iter().any(|claim| unknown(&claim)) {
        page.table(&["claim", "why it is unknown"]);
    }
    for claim in judgement.claims.iter().filter(unknown) {
        for why in claim.why.iter().take(EVIDENCE_SHOWN) {
            page.row(&[claim.id, why]);
        }
    }
}

fn thresholds(page: &mut Page, judgement: &Judgement) {
    if judgement.thresholds.is_empty() {
        return;
    }
    page.table(&["threshold", "", "found"]);
    for judged in &judgement.thresholds {
        page.row(&[&judged.threshold, judged.verdict.label(), &judged.found]);
    }
}

fn load(page: &mut Page, judgement: &Judgement) {
    let load = &judgement.load;
    page.table(&["load", ""]);
    let rate = match load.pace {
        Pace::Open => format!(
            "{:.1} of {:.1} intended, over {:.0} s",
            load.orders_per_second, load.rate_intended, load.seconds
        ),
        Pace::Closed => format!(
            "{:.1} in a closed loop, over {:.0} s: latencies look better than they are",
            load.orders_per_second, load.seconds
        ),
    };
    page.row(&["orders a second", &rate]);
    for (what, count) in [
        ("sent", load.sent),
        ("late", load.late),
        ("dropped", load.dropped),
        ("acknowledged", load.acknowledged),
        ("failed", load.failed),
        ("unknown", load.unknown),
        ("seen to end", load.ended),
    ] {
        page.row(&[what, &grouped(count)]);
    }
    page.row(&["latency, acknowledged", &percentiles(&load.acknowledgement)]);
    for (coordination, latency) in &load.latency {
        page.row(&[&format!("latency, {coordination}"), &percentiles(latency)]);
    }
    for (service, kills) in &judgement.kills {
        page.row(&[&format!("killed, {service}"), &grouped(*kills)]);
    }
    if let Some(ms) = judgement.recovery_ms {
        let after = format!("{:.1} s after the last fault", ms as f64 / 1_000.0);
        page.row(&["recovery", &after]);
    }
}

fn percentiles(latency: &Percentiles) -> String {
    format!(
        "p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, max {:.0} ms",
        latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.max_ms
    )
}

#[cfg(test)]
mod tests {
    use super::page::BYTES_MAX;
    use super::*;
    use crate::outputs::example::{HOSTILE, invalid, judgement, unknown};

    /// Cells that a reader of Markdown sees in a row.
    fn cells(row: &str) -> usize {
        row.replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count()
            - 1
    }

    #[test]
    fn a_summary_says_the_verdict_in_a_sentence_and_the_rest_in_tables() {
        let text = text(&judgement());
        for line in [
            "### Breakwater run r1: invalid",
            "**invalid**: 1 of 3 claims hold, 1 do not, 1 could not be judged, 1 doubts, 1 thresholds are crossed. Seed 7.",
            "- doubt: the clock stepped",
            "| I1 | money is conserved | valid | 12 rows, 0 wrong |",
            "| I2 | sku tea | inventory.skus.on\\_hand | 7 | 8 | 0af7 |",
            "| I2 | and 2 more |  |  |  |  |",
            "| I16 | traces\\: refused |",
            "| p99 &lt; 60ms | crossed | 80.0 ms |",
            "| sent | 1,200 |",
            "| killed, orders | 2 |",
            "| recovery | 1.5 s after the last fault |",
        ] {
            assert!(text.lines().any(|it| it == line), "{line:?} in\n{text}");
        }
    }

    #[test]
    fn hostile_text_stays_in_its_cell() {
        let mut judgement = judgement();
        let plain = text(&judgement).lines().count();
        judgement.run = HOSTILE.into();
        judgement.why = vec![HOSTILE.into()];
        judgement.claims[1] = invalid("I2", HOSTILE, 3);
        judgement.claims[2] = unknown("I16", HOSTILE);
        judgement.thresholds[0].found = HOSTILE.into();
        let text = text(&judgement);
        assert_eq!(text.lines().count(), plain, "{text}");
        let mut columns = 0;
        for (before, line) in text.lines().zip(text.lines().skip(1)) {
            if line.starts_with("|---") {
                columns = cells(before);
            }
            if line.starts_with('|') && columns > 0 && before.starts_with('|') {
                assert_eq!(cells(line), columns, "{line}");
            }
        }
        assert!(!text.contains("<script") && !text.contains("[l](") && !text.contains("http:"));
        assert!(
            !text.contains(|it: char| it.is_control() && it != '\n'),
            "{text:?}"
        );
    }

    #[test]
    fn a_summary_is_bounded_and_says_what_it_left_out() {
        let mut judgement = judgement();
        let doubt = HOSTILE.repeat(1_000);
        judgement.why = vec![doubt; 1_000];
        let text = text(&judgement);
        assert!(text.len() < BYTES_MAX + 100, "{}", text.len());
        assert!(text.starts_with("### Breakwater run r1: invalid\n"));
        assert!(
            text.ends_with("lines are left out; verdict.json has them.\n"),
            "{text}"
        );
    }
}
