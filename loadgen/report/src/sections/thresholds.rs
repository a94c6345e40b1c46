//! What the figures had to be at the end. The verdict is about promises, so that these stand beside it.

use super::{Section, badge};
use crate::files::ThresholdJudgement;
use crate::findings::Findings;
use crate::markup::Html;
use crate::words::{counted, listed};

pub const SECTION: Section = Section {
    id: "thresholds",
    title: "Thresholds",
    about: "What the workload wants of the figures. The verdict is about promises, and a slow system may have kept them all; but the exit code is 1 where a threshold is crossed, and 2 where one has no figure.",
    body,
};

/// Thresholds in a sentence; more are in the table.
const NAMED_MAX: usize = 2;

fn body(html: &mut Html, findings: &Findings) {
    let thresholds = &findings.files.judgement.thresholds;
    if thresholds.is_empty() {
        return super::no_data(html, "thresholds", "the workload has none");
    }
    super::table(
        html,
        "Thresholds",
        &["Threshold", "Verdict", "Found"],
        |html| {
            for threshold in thresholds {
                html.tag("tr", &[], |html| {
                    html.leaf("th", &[("scope", &"row")], &threshold.threshold);
                    html.tag("td", &[], |html| {
                        badge(html, &threshold.verdict, &threshold.verdict);
                    });
                    html.leaf("td", &[], &threshold.found);
                });
            }
        },
    );
}

/// For the headline: those that are crossed, then those without a figure. Nothing where all held.
pub fn in_the_headline(html: &mut Html, thresholds: &[ThresholdJudgement]) {
    for (verdict, one, many) in [
        ("crossed", "threshold crossed", "thresholds crossed"),
        (
            "unknown",
            "threshold without a figure",
            "thresholds without a figure",
        ),
    ] {
        let of_it = thresholds.iter().filter(|it| it.verdict == verdict);
        let mut names: Vec<String> = of_it
            .map(|it| format!("{} ({})", it.threshold, it.found))
            .collect();
        if names.is_empty() {
            continue;
        }
        html.text(" ");
        badge(html, verdict, &counted(names.len(), one, many));
        if names.len() > NAMED_MAX {
            let more = names.split_off(NAMED_MAX).len();
            names.push(format!("{more} more"));
        }
        html.text(format_args!(": {}.", listed(&names)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headline(verdicts: &[&str]) -> String {
        let judged = |verdict: &&str| ThresholdJudgement {
            threshold: "p99 < 60ms".into(),
            verdict: (*verdict).into(),
            found: "71.2 ms".into(),
        };
        let thresholds: Vec<_> = verdicts.iter().map(judged).collect();
        let mut html = Html::default();
        in_the_headline(&mut html, &thresholds);
        html.into_string()
    }

    #[test]
    fn the_headline_names_what_was_crossed_and_says_nothing_of_what_held() {
        assert_eq!(headline(&["held", "held"]), "");
        let crossed = headline(&["held", "crossed"]);
        assert!(crossed.contains("1 threshold crossed"), "{crossed}");
        assert!(
            crossed.ends_with("</span>: p99 &lt; 60ms (71.2 ms)."),
            "{crossed}"
        );
        assert!(crossed.contains("badge invalid"), "{crossed}");
        assert!(headline(&["unknown"]).contains("1 threshold without a figure"));
        let many = headline(&["crossed"; 5]);
        assert!(many.ends_with("and 3 more."), "{many}");
    }
}
