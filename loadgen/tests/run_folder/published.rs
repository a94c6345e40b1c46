//! What other programs read: verdict.json with its schema, and the forms for CI.

use std::path::Path;
use std::process::{Command, Output};

use checkers::verdict::Verdict;
use loadgen::folder::{Judgement, schema};
use loadgen::workload::Threshold;
use roxmltree::Document;
use serde_json::{Value, json};
use strict_yaml::check::check;
use strict_yaml::tree::Node;

use crate::valid::{ValidRun, lose_an_order};

/// By the checker that workloads and experiments are held to; of JSON it reads what YAML has, which is all of it here.
fn mistakes(value: &Value) -> Vec<String> {
    let tree = Node::parse(&value.to_string()).expect("a tree");
    let mistakes = check(&tree, &schema(), &[]);
    mistakes.iter().map(ToString::to_string).collect()
}

fn with_thresholds(run: &ValidRun, thresholds: &[&str]) {
    let parsed = thresholds.iter().map(|text| Threshold::parse(text));
    let parsed = parsed.collect::<Result<_, _>>().expect("thresholds");
    run.change(|record| record.workload.thresholds = parsed);
}

/// Judged, with the verdict as it is on disk.
fn judged(run: &ValidRun) -> (Judgement, Value) {
    let judgement = run.folder.judge().expect("judged");
    let file = serde_json::from_slice(&run.read("verdict.json")).expect("JSON");
    (judgement, file)
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("verdict.schema.json");
    let text = std::fs::read_to_string(path).expect("a schema");
    let published: Value = serde_json::from_str(&text).expect("JSON");
    assert!(
        published == schema(),
        "renew it: target/debug/loadgen schema verdict > loadgen/verdict.schema.json"
    );
}

#[test]
fn every_judgement_is_as_its_schema_says() {
    let run = ValidRun::new("schema");
    let (valid, file) = judged(&run);
    assert_eq!(valid.verdict, "valid", "{file:#}");
    assert_eq!(valid.claims.len(), checkers::claims::ALL.len());
    assert_eq!(mistakes(&file), [""; 0], "{file:#}");

    with_thresholds(&run, &["dropped == 0", "rate > 1", "recovery < 30s"]);
    run.change(|record| {
        record.load.sent = 3;
        let latency = record.load.acknowledgement;
        record.load.latency = [("choreography".to_owned(), latency)].into();
        record.recovery_ms = Some(7);
    });
    let (valid, file) = judged(&run);
    assert_eq!((valid.verdict, valid.thresholds.len()), ("valid", 3));
    assert_eq!(mistakes(&file), [""; 0], "{file:#}");

    lose_an_order(&run);
    let (invalid, file) = judged(&run);
    assert_eq!(invalid.verdict, "invalid");
    assert_eq!(mistakes(&file), [""; 0], "{file:#}");

    std::fs::remove_file(run.path("final-state.json")).expect("removed");
    let (unknown, file) = judged(&run);
    assert_eq!(unknown.verdict, "unknown");
    assert_eq!(mistakes(&file), [""; 0], "{file:#}");
}

#[test]
fn what_is_no_judgement_breaks_the_schema() {
    let run = ValidRun::new("no-judgement");
    lose_an_order(&run);
    with_thresholds(&run, &["dropped == 0"]);
    run.change(|record| {
        record.load.latency = [("choreography".to_owned(), Default::default())].into()
    });
    let (_, file) = judged(&run);
    let broken = |path: &str, value: Value| {
        let mut changed = file.clone();
        *changed.pointer_mut(path).expect(path) = value;
        mistakes(&changed)
    };
    let wrong = file["claims"].as_array().expect("claims").iter();
    let wrong = wrong
        .clone()
        .position(|claim| claim["verdict"] == "invalid");
    let evidence = format!(
        "/claims/{}/evidence/0/subject",
        wrong.expect("one is invalid")
    );
    for (path, value) in [
        ("/verdict", json!("fine")),
        ("/seed", json!(-1)),
        ("/claims/0/verdict", json!("crossed")),
        ("/claims/0/wrong", json!("none")),
        (evidence.as_str(), json!(7)),
        ("/thresholds/0/verdict", json!("valid")),
        ("/load/pace", json!("ajar")),
        ("/load/latency/choreography/p99_ms", json!("soon")),
        ("/kills/orders", json!("many")),
        ("/recovery_ms", json!("soon")),
    ] {
        assert_ne!(broken(path, value), [""; 0], "{path}");
    }
    for member in file.as_object().expect("an object").keys() {
        let mut without = file.clone();
        without.as_object_mut().expect("an object").remove(member);
        let told = mistakes(&without);
        assert_eq!(told, [format!("1:1: `{member}` is missing")]);
    }
}

#[test]
fn the_words_of_the_schema_are_those_of_the_judge() {
    let words = &schema()["properties"]["verdict"]["enum"];
    let judge = [
        Verdict::Valid,
        Verdict::Invalid(Vec::new()),
        Verdict::Unknown(Vec::new()),
    ];
    assert_eq!(*words, json!(judge.map(|verdict| verdict.label())));
}

#[test]
fn a_judged_run_has_its_verdict_in_every_form() {
    let run = ValidRun::new("forms");
    lose_an_order(&run);
    let (judgement, _) = judged(&run);
    let junit = String::from_utf8(run.read("verdict.junit.xml")).expect("UTF-8");
    let document = Document::parse(&junit).expect("XML");
    let suites = document.root_element();
    // The run itself, and its claims.
    let tests = (judgement.claims.len() + 1).to_string();
    assert_eq!(suites.attribute("tests"), Some(tests.as_str()));
    assert_ne!(suites.attribute("failures"), Some("0"));
    let summary = String::from_utf8(run.read("summary.md")).expect("UTF-8");
    assert!(
        summary.starts_with("### Breakwater run r1: invalid\n"),
        "{summary}"
    );
    assert!(
        summary.contains("a row\\: it was acknowledged"),
        "{summary}"
    );
}

// === the program ===

fn loadgen(run: &ValidRun, step_summary: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_loadgen"))
        .args(["judge".as_ref(), run.folder.path()])
        .env("GITHUB_STEP_SUMMARY", step_summary)
        .output()
        .expect("loadgen is built")
}

#[test]
fn a_run_is_named_by_its_folder_or_by_a_file_in_it() {
    let run = ValidRun::new("named");
    let history = run.folder.history();
    for (command, made) in [("judge", "verdict.json"), ("report", "report.html")] {
        let output = Command::new(env!("CARGO_BIN_EXE_loadgen"))
            .args([command.as_ref(), history.as_path()])
            .output();
        let output = output.expect("loadgen is built");
        assert_eq!(output.status.code(), Some(0), "{command}: {output:?}");
        assert!(run.path(made).exists(), "{command}");
    }
}

#[test]
fn a_step_on_github_gets_the_summary_of_each_run() {
    let run = ValidRun::new("step");
    let step = run.path("step.md");
    for _ in 0..2 {
        assert_eq!(loadgen(&run, &step).status.code(), Some(0));
    }
    let summary = String::from_utf8(run.read("summary.md")).expect("UTF-8");
    let shown = std::fs::read_to_string(step).expect("there");
    assert_eq!(shown, format!("\n{summary}\n{summary}"));
}

#[test]
fn a_step_summary_that_cannot_be_written_decides_nothing_and_is_told() {
    let run = ValidRun::new("no-step");
    let output = loadgen(&run, Path::new("/nowhere/step.md"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("no step summary: /nowhere/step.md"), "{told}");
}
