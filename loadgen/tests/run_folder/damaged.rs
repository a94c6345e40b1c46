//! Files that are not what a run leaves: never a pass, never a panic, always named.

use std::panic::catch_unwind;

use loadgen::drive::recording::Recording;
use loadgen::folder::{Folder, FolderError, Judgement};
use serde_json::Value;

use crate::valid::{ValidRun, lose_an_order};

/// What the judge reads beside `run.json`, without which there is nothing to judge.
const EVIDENCE: [&str; 4] = [
    "history.jsonl",
    "journal.json",
    "final-state.json",
    "traces.json",
];

/// Of no file of a run.
const GARBAGE: [&[u8]; 8] = [
    b"",
    b"\n",
    b"[]",
    b"\"text\"",
    b"7",
    b"null",
    b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe",
    b"<html>Bad gateway</html>",
];

/// Judged and shown, with whatever was made of it.
fn judged(run: &ValidRun) -> Result<Judgement, FolderError> {
    let judgement = run.folder.judge();
    // The page of a run that could not be judged is of the verdict before.
    let _ = report::write(run.folder.path());
    let _ = Recording::read(run.folder.path());
    judgement
}

/// Every reason in a judgement.
fn told(judgement: &Judgement) -> String {
    let of_claims = judgement.claims.iter().flat_map(|claim| &claim.why);
    let all: Vec<&str> = judgement
        .why
        .iter()
        .chain(of_claims)
        .map(String::as_str)
        .collect();
    all.join("\n")
}

#[track_caller]
fn assert_unknown(run: &ValidRun, file: &str) {
    let judgement = judged(run).expect("judged");
    assert_eq!(judgement.verdict, "unknown", "{file}: {}", told(&judgement));
    assert_eq!(judgement.exit_code(), 2);
    let told = told(&judgement);
    assert!(told.contains(file), "{file} is not named: {told}");
}

#[test]
fn a_file_cut_at_any_octet_is_unknown_until_it_is_whole_again() {
    let run = ValidRun::new("cut");
    for file in EVIDENCE {
        let whole = run.read(file);
        // Every octet of the small files; of the large ones each of the first and the last, and some between.
        let ends = (0..whole.len())
            .filter(|end| *end < 40 || whole.len() - end < 40 || end % (whole.len() / 40) == 0);
        for end in ends {
            run.write(file, &whole[..end]);
            let lost_a_new_line = file == "history.jsonl" && end + 1 == whole.len();
            if !lost_a_new_line {
                assert_unknown(&run, file);
            }
        }
        run.write(file, &whole);
        assert_eq!(judged(&run).expect("judged").verdict, "valid", "{file}");
    }
}

#[test]
fn a_file_of_something_else_is_unknown_and_named() {
    let run = ValidRun::new("garbage");
    for file in EVIDENCE {
        let whole = run.read(file);
        for garbage in GARBAGE {
            run.write(file, garbage);
            assert_unknown(&run, file);
        }
        run.write(file, &whole);
    }
    assert_eq!(judged(&run).expect("judged").verdict, "valid");
}

#[test]
fn a_file_that_is_not_there_is_unknown() {
    let run = ValidRun::new("absent");
    for (file, told_of) in [
        ("history.jsonl", "history.jsonl"),
        ("journal.json", "journal.json"),
        ("final-state.json", "the run ended before its final reads"),
        ("traces.json", "traces: it was not read"),
    ] {
        let whole = run.read(file);
        std::fs::remove_file(run.path(file)).expect("removed");
        let judgement = judged(&run).expect("judged");
        assert_eq!(judgement.verdict, "unknown", "{file}");
        assert!(told(&judgement).contains(told_of), "{}", told(&judgement));
        run.write(file, &whole);
    }
    // The judge does not need it, and the report does without.
    std::fs::remove_file(run.path("series.json")).expect("removed");
    assert_eq!(judged(&run).expect("judged").verdict, "valid");
}

#[test]
fn without_its_record_a_run_is_not_judged() {
    let run = ValidRun::new("record");
    let whole = run.read("run.json");
    let mut broken: Vec<&[u8]> = (0..whole.len()).map(|end| &whole[..end]).collect();
    broken.extend(GARBAGE);
    for octets in broken {
        run.write("run.json", octets);
        let error = judged(&run).expect_err("nothing to judge").to_string();
        assert!(
            error.contains("run.json") && error.contains("line"),
            "{error}"
        );
        assert!(!run.path("verdict.json").exists());
    }
    run.write("run.json", &whole);
    assert_eq!(judged(&run).expect("judged").verdict, "valid");
}

#[test]
fn what_only_the_report_reads_may_be_anything() {
    let run = ValidRun::new("series");
    let whole = run.read("series.json");
    let mut broken: Vec<&[u8]> = (0..whole.len()).map(|end| &whole[..end]).collect();
    broken.extend(GARBAGE);
    for octets in broken {
        run.write("series.json", octets);
        assert_eq!(run.folder.judge().expect("judged").verdict, "valid");
        report::write(run.folder.path()).expect("a page");
    }
}

// === the history ===

#[test]
fn a_history_cut_short_does_not_hide_a_lost_order() {
    let run = ValidRun::new("hide");
    lose_an_order(&run);
    let whole = run.read("history.jsonl");
    assert_eq!(judged(&run).expect("judged").verdict, "invalid");
    for end in 0..whole.len() - 1 {
        run.write("history.jsonl", &whole[..end]);
        let judgement = run.folder.judge().expect("judged");
        assert_eq!(judgement.verdict, "unknown", "cut at {end}");
    }
    run.write("history.jsonl", &whole);
    assert_eq!(judged(&run).expect("judged").verdict, "invalid");
}

#[test]
fn a_history_whose_lines_are_not_those_of_the_run_is_unknown() {
    let run = ValidRun::new("lines");
    let text = String::from_utf8(run.read("history.jsonl")).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    let told_of = |changed: Vec<&str>| {
        run.write("history.jsonl", changed.join("\n") + "\n");
        assert_unknown(&run, "history.jsonl");
        told(&run.folder.judge().expect("judged"))
    };
    for nth in 0..lines.len() {
        let mut twice = lines.clone();
        twice.insert(nth, lines[nth]);
        let told = told_of(twice);
        assert!(
            told.contains(&format!("line {}: operation", nth + 2)),
            "{told}"
        );
        assert!(told.contains("second time"), "{told}");

        let mut without = lines.clone();
        without.remove(nth);
        told_of(without);

        let mut garbled = lines.clone();
        garbled[nth] = "{\"event\":\"ok\"";
        let told = told_of(garbled);
        assert!(told.contains(&format!("line {}: EOF", nth + 1)), "{told}");
    }
    // The answer before the question.
    let mut swapped = lines.clone();
    swapped.swap(0, 1);
    let told = told_of(swapped);
    assert!(
        told.contains("line 1: operation 0 is answered and was not invoked"),
        "{told}"
    );
}

#[test]
fn a_line_without_an_end_is_not_read_to_its_end() {
    let run = ValidRun::new("endless");
    let file = std::fs::File::create(run.folder.history()).expect("a file");
    // A terabyte of zeroes, and no block of them on the disk.
    file.set_len(1 << 40).expect("made longer");
    assert_unknown(&run, "history.jsonl");
    let told = told(&run.folder.judge().expect("judged"));
    assert!(
        told.contains("line 1: longer than 1048576 octets"),
        "{told}"
    );
}

// === numbers and octets that cannot be ===

/// As often as there are numbers in it: the value with one of them replaced.
fn with_each_number(value: &Value, replacement: &Value) -> Vec<Value> {
    fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Number(_) => found.push(path.to_owned()),
            Value::Array(all) => {
                let all = all.iter().enumerate();
                all.for_each(|(nth, it)| paths(it, &format!("{path}/{nth}"), found));
            }
            Value::Object(all) => {
                let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
                let all = all.iter();
                all.for_each(|(key, it)| paths(it, &format!("{path}/{}", escaped(key)), found));
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    paths(value, "", &mut found);
    let changed = found.iter().map(|path| {
        let mut changed = value.clone();
        *changed.pointer_mut(path).expect("it was there") = replacement.clone();
        changed
    });
    changed.collect()
}

/// Whatever it comes to, it comes to something; a panic is told.
fn panicked(run: &ValidRun, what: String) -> Option<String> {
    let folder = run.folder.clone();
    let survived = catch_unwind(|| {
        let _ = folder.judge();
        let _ = report::write(folder.path());
        let _ = Recording::read(folder.path());
    });
    survived.err().map(|_| what)
}

#[test]
fn numbers_that_cannot_be_are_no_reason_to_fail() {
    let run = ValidRun::new("numbers");
    let extremes = [
        i64::MIN.into(),
        i64::MAX.into(),
        u64::MAX.into(),
        Value::from(1e300),
    ];
    let mut panics = Vec::new();
    for file in [
        "run.json",
        "journal.json",
        "final-state.json",
        "traces.json",
    ] {
        let whole = run.read(file);
        let value: Value = serde_json::from_slice(&whole).expect("JSON");
        for extreme in &extremes {
            for (nth, changed) in with_each_number(&value, extreme).iter().enumerate() {
                run.write(file, changed.to_string());
                panics.extend(panicked(
                    &run,
                    format!("number {nth} of {file} is {extreme}"),
                ));
            }
        }
        run.write(file, &whole);
    }
    let text = String::from_utf8(run.read("history.jsonl")).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    for (nth, line) in lines.iter().enumerate() {
        let value: Value = serde_json::from_str(line).expect("JSON");
        for changed in extremes.iter().flat_map(|it| with_each_number(&value, it)) {
            let changed = changed.to_string();
            let mut all = lines.clone();
            all[nth] = &changed;
            run.write("history.jsonl", all.join("\n") + "\n");
            panics.extend(panicked(&run, format!("line {nth} is {changed}")));
        }
    }
    assert_eq!(panics, [""; 0]);
}

#[test]
fn an_octet_changed_anywhere_is_no_reason_to_fail() {
    let run = ValidRun::new("octets");
    let mut panics = Vec::new();
    for file in [&["run.json"], EVIDENCE.as_slice()].concat() {
        let whole = run.read(file);
        // A prime apart: over the files together, every kind of place is met.
        for at in (0..whole.len()).step_by(1 + whole.len() / 211) {
            for other in [b'"', b'0', b'}', b'\n', 0xff] {
                let mut changed = whole.clone();
                changed[at] = other;
                run.write(file, &changed);
                panics.extend(panicked(&run, format!("octet {at} of {file} is {other}")));
            }
        }
        run.write(file, &whole);
    }
    assert_eq!(panics, [""; 0]);
    assert_eq!(judged(&run).expect("judged").verdict, "valid");
}

#[test]
fn a_folder_that_is_used_again_has_nothing_of_the_run_before() {
    let run = ValidRun::new("again");
    assert_eq!(judged(&run).expect("judged").verdict, "valid");
    Folder::create(run.folder.path()).expect("made again");
    for file in [
        "verdict.json",
        "verdict.junit.xml",
        "summary.md",
        "report.html",
    ] {
        assert!(!run.path(file).exists(), "{file}");
    }
    let judgement = judged(&run).expect("judged");
    assert_eq!(judgement.verdict, "unknown");
    assert!(told(&judgement).contains("the run ended before its final reads"));
}
