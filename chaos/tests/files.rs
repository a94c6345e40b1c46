//! Experiment files: those that we have, and those that are wrong.

use std::fs;
use std::path::{Path, PathBuf};

use chaos::experiment::Experiment;
use strict_yaml::{FileError, conformance};

fn read(path: &Path) -> Result<Experiment, FileError> {
    strict_yaml::read(path)
}

fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(name: &str) -> Vec<PathBuf> {
    conformance::files(&ours(name))
}

#[test]
fn every_experiment_that_we_have_is_one() {
    for path in files("experiments") {
        let read = read(&path);
        let experiment = read.unwrap_or_else(|error| panic!("{error}"));
        assert!(
            experiment.finds.is_some(),
            "{}: which mistake?",
            path.display()
        );
        assert!(
            experiment.careless.is_some(),
            "{}: what does it show?",
            path.display()
        );
    }
}

#[test]
fn no_two_experiments_have_one_title() {
    let mut titles: Vec<String> = files("experiments")
        .iter()
        .map(|path| read(path).unwrap_or_else(|error| panic!("{error}")).title)
        .collect();
    let count = titles.len();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), count);
}

#[test]
fn wrong_files_are_told_where_and_why() {
    conformance::wrong_files_are_told_where_and_why::<Experiment>(&ours("tests/wrong"));
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    conformance::the_published_schema_is_that_of_the_types::<Experiment>(
        &ours("experiment.schema.json"),
        "target/debug/chaos schema > chaos/experiment.schema.json",
    );
}

#[test]
fn what_is_no_experiment_is_an_error_and_no_panic() {
    for path in files("experiments").into_iter().take(4) {
        let text = fs::read_to_string(&path).expect("a file");
        conformance::no_change_of_a_file_is_a_panic(&text, |experiment: Experiment| {
            assert!(!experiment.method.is_empty(), "{text}");
        });
    }
}
