//! What every kind of file keeps, as tests of the crates that have one. It panics, as tests do.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Document, parse, schema};

/// What YAML takes for its own, and what no file has.
const HOSTILE: [&str; 7] = ["\t", "{", "&", "-", ":", "9", "\u{0}"];

/// The YAML files of a folder, of which there is one at least.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.retain(|path| path.extension().is_some_and(|it| it == "yaml"));
    all.sort();
    assert!(!all.is_empty(), "{}", folder.display());
    all
}

/// What each wrong file is told is beside it, in `wrong.txt`, to be reviewed as prose.
pub fn wrong_files_are_told_where_and_why<T: Document>(folder: &Path) {
    let mut told = String::new();
    for path in files(folder) {
        let text = fs::read_to_string(&path).expect("a file");
        let Err(mistakes) = parse::<T>(&text) else {
            panic!("{} is right", path.display())
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for mistake in mistakes {
            told += &format!("{name}:{mistake}\n");
        }
    }
    let kept = folder.join("wrong.txt");
    if told != fs::read_to_string(&kept).unwrap_or_default() {
        let now = kept.with_extension("new");
        fs::write(&now, &told).expect("written");
        let (kept, now) = (kept.display(), now.display());
        panic!("other words than in {kept}; see {now}");
    }
}

/// `renew`: the command that writes it.
pub fn the_published_schema_is_that_of_the_types<T: Document>(path: &Path, renew: &str) {
    let text = fs::read_to_string(path).expect("a schema");
    let published: Value = serde_json::from_str(&text).expect("JSON");
    assert!(published == schema::<T>(), "renew it: {renew}");
}

/// Every prefix of a real file, and every letter of it replaced by a hostile one, goes to `sound` if it can be read.
pub fn no_change_of_a_file_is_a_panic<T: Document>(text: &str, sound: impl Fn(T)) {
    let read = |text: &str| parse(text).map(&sound).is_ok();
    for (at, letter) in text.char_indices() {
        read(&text[..at]);
        for other in HOSTILE {
            let mut changed = text.to_owned();
            changed.replace_range(at..at + letter.len_utf8(), other);
            read(&changed);
        }
    }
}
