//! Experiment files: those that we have, and those that are wrong.

use std::fs;
use std::path::{Path, PathBuf};

use chaos::experiment::Experiment;
use serde_json::Value;
use strict_yaml::{FileError, Mistake, schema};

fn read(path: &Path) -> Result<Experiment, FileError> {
    strict_yaml::read(path)
}

fn parse(text: &str) -> Result<Experiment, Vec<Mistake>> {
    strict_yaml::parse(text)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).expect("a folder").flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.retain(|path| path.extension().is_some_and(|it| it == "yaml"));
    all.sort();
    assert!(!all.is_empty(), "{}", folder.display());
    all
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

/// What each file is told is beside it, in `wrong.txt`, to be reviewed as prose.
#[test]
fn wrong_files_are_told_where_and_why() {
    let mut told = String::new();
    for path in files("tests/wrong") {
        let text = fs::read_to_string(&path).expect("a file");
        let mistakes = parse(&text).expect_err("it is wrong");
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for mistake in mistakes {
            told += &format!("{name}:{mistake}\n");
        }
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong/wrong.txt");
    let known = fs::read_to_string(&kept).unwrap_or_default();
    if told != known {
        let now = kept.with_extension("new");
        fs::write(&now, &told).expect("written");
        panic!(
            "other words than in {}; see {}",
            kept.display(),
            now.display()
        );
    }
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiment.schema.json");
    let text = fs::read_to_string(&path).expect("a schema");
    let published: Value = serde_json::from_str(&text).expect("JSON");
    assert!(
        published == schema::<Experiment>(),
        "renew it: target/debug/chaos schema > chaos/experiment.schema.json"
    );
}

#[test]
fn what_is_no_experiment_is_an_error_and_no_panic() {
    // Every prefix of a real file, and every octet of it replaced by one that YAML takes for its own.
    for path in files("experiments").into_iter().take(4) {
        let text = fs::read_to_string(&path).expect("a file");
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = parse(&text[..end]);
        }
        for (at, _) in text.char_indices() {
            for other in ["\t", "{", "&", "-", ":", "\u{0}"] {
                let mut changed = text.clone();
                let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
                changed.replace_range(at..end, other);
                let _ = parse(&changed);
            }
        }
    }
}
