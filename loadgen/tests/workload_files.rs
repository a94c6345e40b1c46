//! Workload files: those that ship, and those that are wrong.

use std::fs;
use std::path::{Path, PathBuf};

use loadgen::workload::named::{NAMED, table};
use loadgen::workload::{Threshold, Workload, file};
use strict_yaml::{conformance, parse};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(name: &str) -> Vec<PathBuf> {
    conformance::files(&folder(name))
}

#[test]
fn every_workload_that_ships_is_one_and_has_its_name() {
    for path in files("workloads") {
        let read = file::read(&path).unwrap_or_else(|error| panic!("{error}"));
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let named = NAMED.iter().find(|named| named.name == stem);
        let named = named.unwrap_or_else(|| panic!("{stem} cannot be run by its name"));
        assert_eq!(named.workload(), Some(read));
    }
    assert_eq!(NAMED.len(), files("workloads").len());
}

#[test]
fn every_workload_that_ships_says_that_all_of_it_must_be_sent() {
    for named in NAMED {
        let workload = named.workload().expect("it ships");
        let all_sent = Threshold::parse("dropped == 0").expect("a threshold");
        assert!(workload.thresholds.contains(&all_sent), "{}", named.name);
    }
}

#[test]
fn the_baseline_is_what_a_run_without_a_workload_sends_with_limits() {
    let baseline = file::find("baseline").expect("it ships");
    let default = Workload::default();
    assert_eq!(baseline.stages, default.stages);
    assert_eq!(baseline.mix, default.mix);
    assert_eq!(baseline.population, default.population);
    assert!(!baseline.thresholds.is_empty() && default.thresholds.is_empty());
}

#[test]
fn the_table_of_workloads_is_that_of_their_files() {
    let path = folder("workloads/README.md");
    let text = fs::read_to_string(&path).expect("a README");
    let table = table();
    assert!(
        text.contains(&table),
        "{} does not hold this table; put it there:\n\n{table}",
        path.display()
    );
}

#[test]
fn the_example_that_is_explained_is_a_workload() {
    let text = fs::read_to_string(folder("workloads/README.md")).expect("a README");
    let example = text
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let read = parse::<Workload>(example.expect("an example"));
    assert!(read.is_ok(), "{read:?}");
}

#[test]
fn a_workload_is_written_as_it_is_read() {
    for named in NAMED {
        let workload = named.workload().expect("it ships");
        let text = serde_json::to_string(&workload).expect("serialises");
        assert_eq!(parse::<Workload>(&text), Ok(workload), "{}", named.name);
    }
}

#[test]
fn wrong_files_are_told_where_and_why() {
    conformance::wrong_files_are_told_where_and_why::<Workload>(&folder("tests/wrong"));
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    conformance::the_published_schema_is_that_of_the_types::<Workload>(
        &folder("workload.schema.json"),
        "target/debug/loadgen schema > loadgen/workload.schema.json",
    );
}

#[test]
fn what_is_no_workload_is_an_error_and_no_panic() {
    for named in &NAMED[..2] {
        conformance::no_change_of_a_file_is_a_panic(named.text, |workload: Workload| {
            assert!(!workload.length().is_zero(), "{workload:?}");
        });
    }
}

// === arrivals from a file ===

struct Folder(PathBuf);

impl Folder {
    fn with(test: &str, times: &str) -> Self {
        let path = std::env::temp_dir().join(format!("times-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("made");
        fs::write(path.join("times.txt"), times).expect("written");
        let workload = "title: recorded\ndescription: from elsewhere\n\
            stages:\n  - duration: 2s\n    file: times.txt\n";
        fs::write(path.join("recorded.yaml"), workload).expect("written");
        Self(path)
    }

    fn read(&self) -> Result<Workload, String> {
        file::read(&self.0.join("recorded.yaml")).map_err(|error| error.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn times_of_a_file_are_those_of_its_lines() {
    let workload = Folder::with("right", "0\n10\n10\n1999\n").read();
    assert_eq!(workload.expect("read").expected(), Some(4.0));
}

#[test]
fn times_that_are_none_are_told_with_their_line() {
    for (test, times, why) in [
        (
            "word",
            "0\nsoon\n",
            "line 2: \"soon\" is not an offset in ms",
        ),
        (
            "before",
            "5\n4\n",
            "line 2: 4 ms is before the line above it",
        ),
        (
            "after",
            "5\n2000\n",
            "line 2: 2000 ms is after the stage's 2000 ms",
        ),
        ("none", "", "no arrivals in it"),
    ] {
        let told = Folder::with(test, times).read().expect_err(test);
        assert!(told.contains(why), "{told}");
    }
    let too_long = Folder::with("long", &"0\n".repeat(8_000_001)).read();
    let told = too_long.expect_err("not cut");
    assert!(told.contains("more than 16000000 octets"), "{told}");
    let folder = Folder::with("gone", "0\n");
    fs::remove_file(folder.0.join("times.txt")).expect("removed");
    let told = folder.read().expect_err("nothing to read");
    assert!(
        told.contains("stages[0].file") && told.contains("times.txt"),
        "{told}"
    );
}
