//! `loadgen compare` as it is called.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use checkers::history::{Action, HistoryLine, Invocation, Outcome, Place, Promise};
use uuid::Uuid;

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A judged run of one order a second, each of which takes so long.
fn run(test: &str, latency_ms: u64) -> Folder {
    let path = std::env::temp_dir().join(format!("compare-{}-{test}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    let order = |op: u64| {
        let at_us = (1_000 + op) * 1_000_000;
        let promise = Promise {
            order_id: Uuid::from_u128(u128::from(op)),
            version: Some(1),
            status: None,
            stale: false,
            attempts: 1,
        };
        let lines = [
            HistoryLine::Invoke(Invocation {
                op,
                session: 0,
                trace_id: "t".into(),
                span_id: "s".into(),
                intended_us: at_us,
                sent_us: at_us,
                action: Action::Place(place(op)),
            }),
            HistoryLine::Ok {
                op,
                at_us: at_us + latency_ms * 1_000 + op % 7 * 100,
                promise,
            },
        ];
        lines.map(|line| serde_json::to_string(&line).expect("JSON"))
    };
    let history: Vec<String> = (0..60).flat_map(order).collect();
    let record = r#"{"seed":1,"started_ms":1000000,"load":{"rate_intended":1,"seconds":60},
        "phases":[{"name":"baseline","started_ms":1000000,"ended_ms":1060000},{"name":"drain","started_ms":1060000,"ended_ms":1060100}]}"#;
    for (name, text) in [
        ("run.json", record),
        ("verdict.json", r#"{"verdict":"valid","run":"r1"}"#),
        ("history.jsonl", &history.join("\n")),
    ] {
        std::fs::write(path.join(name), text).expect("written");
    }
    Folder(path)
}

fn place(op: u64) -> Place {
    Place {
        key: op.to_string(),
        customer: "c".into(),
        lines: Vec::new(),
        total_minor: 1,
        country: "NO".into(),
        postcode: op.to_string(),
        coordination: "choreography".into(),
        allowed: vec![Outcome::confirmed()],
    }
}

fn compare(a: &Path, b: &Path, flags: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_loadgen"))
        .arg("compare")
        .args([a, b])
        .args(flags)
        .output()
        .expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_page_lies_beside_the_second_run_and_the_difference_is_no_failure() {
    let (a, b) = (run("a", 20), run("b", 60));
    let (code, out, _) = compare(&a.0, &b.0, &[]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("B was slower: "), "{out}");
    let page = b.0.join("compare.html");
    assert!(out.ends_with(&format!("{}\n", page.display())), "{out}");
    assert!(page.exists() && !a.0.join("compare.html").exists());
    assert!(!out.contains('\x1b'), "no colour but on a terminal");
}

#[test]
fn a_run_that_is_worse_fails_where_that_is_asked_for_and_one_that_is_better_does_not() {
    let (a, b) = (run("quick", 20), run("slow", 60));
    let out = a.0.join("page.html");
    let flags = ["--fail-on-worse", "--out", out.to_str().expect("a path")];
    assert_eq!(compare(&a.0, &b.0, &flags).0, Some(1));
    assert_eq!(compare(&b.0, &a.0, &flags).0, Some(0));
    assert!(out.exists() && !b.0.join("compare.html").exists());
}

#[test]
fn runs_are_named_by_files_in_their_folders_as_well() {
    let (a, b) = (run("history", 20), run("verdict", 60));
    let files = (a.0.join("history.jsonl"), b.0.join("verdict.json"));
    let (code, _, error) = compare(&files.0, &files.1, &[]);
    assert_eq!(code, Some(0), "{error}");
    assert!(b.0.join("compare.html").exists());
}

#[test]
fn what_is_no_judged_run_is_refused_with_what_to_do_next() {
    let run = run("judged", 20);
    let (code, _, error) = compare(&run.0, Path::new("/nowhere"), &[]);
    assert_eq!(code, Some(2));
    assert!(error.contains("is it the folder of a run?"), "{error}");
    std::fs::remove_file(run.0.join("verdict.json")).expect("removed");
    let (code, _, error) = compare(&run.0, &run.0, &[]);
    assert_eq!(code, Some(2));
    assert!(error.contains("loadgen judge"), "{error}");
}
