//! Thresholds stand beside the verdict, and decide the exit code with it.

use crate::judged_again::{Run, record};
use loadgen::folder::{Judgement, Record};
use loadgen::summary::{Ink, table};
use loadgen::tally::Load;
use loadgen::workload::{Pace, Threshold, Workload};

fn judged(test: &str, verdict: &'static str, thresholds: &[&str], pace: Pace) -> Judgement {
    let run = Run::new(test);
    let parsed = thresholds.iter().map(|text| Threshold::parse(text));
    let workload = Workload {
        thresholds: parsed.collect::<Result<_, _>>().expect("thresholds"),
        ..Workload::default()
    };
    let load = Load {
        pace,
        sent: 100,
        unknown: 3,
        ..Load::default()
    };
    let record = Record {
        workload,
        load,
        ..record()
    };
    run.folder.write_record(&record).expect("written");
    let judgement = run.folder.judge().expect("judged");
    // This run has no final reads; what it would have been with them is said here.
    Judgement {
        verdict,
        ..judgement
    }
}

#[test]
fn a_crossed_threshold_fails_a_valid_run_and_is_said_on_a_line_of_its_own() {
    let judgement = judged(
        "crossed",
        "valid",
        &["unknown < 1%", "dropped == 0"],
        Pace::Open,
    );
    assert_eq!(judgement.exit_code(), 1);
    let words = table(&judgement, Ink::Plain);
    assert!(
        words.contains("verdict: valid\nthresholds crossed: unknown < 1% (3.00%)\n"),
        "{words}"
    );
    assert!(
        words.contains("thresholds held: dropped == 0 (0)\n"),
        "{words}"
    );
    let file = serde_json::to_value(&judgement).expect("JSON");
    assert_eq!(file["thresholds"][0]["verdict"], "crossed");
    assert_eq!(file["thresholds"][0]["found"], "3.00%");
}

#[test]
fn a_threshold_without_a_figure_has_not_passed() {
    let judgement = judged("no-figure", "valid", &["recovery < 30s"], Pace::Open);
    assert_eq!(judgement.exit_code(), 2);
    let words = table(&judgement, Ink::Plain);
    assert!(
        words.contains("thresholds unknown: recovery < 30s (nothing was seen to recover)"),
        "{words}"
    );
}

#[test]
fn thresholds_that_hold_change_nothing() {
    for (verdict, code) in [("valid", 0), ("invalid", 1), ("unknown", 2)] {
        let judgement = judged(
            &format!("held-{verdict}"),
            verdict,
            &["unknown <= 3%"],
            Pace::Open,
        );
        assert_eq!(judgement.exit_code(), code, "{verdict}");
    }
}

#[test]
fn a_closed_loop_is_labelled_where_its_figures_are() {
    let judgement = judged("closed", "valid", &[], Pace::Closed);
    assert!(table(&judgement, Ink::Plain).contains("in a closed loop"));
    let file = serde_json::to_value(&judgement).expect("JSON");
    assert_eq!(file["load"]["pace"], "closed");
}
