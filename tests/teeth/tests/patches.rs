//! The patches as they lie there: complete, in today's code, and in the table.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use teeth::{
    catalogue, claims,
    difference::Overlay,
    document::{Document, SHARE, TABLE},
    level::{Level, stores},
    table,
    variant::Variant,
};

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace is there")
}

/// Reading is parsing: headers, levels, claims and bounds are judged by it.
fn variants() -> Vec<Variant> {
    match catalogue::read(&root()) {
        Ok(variants) => variants,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn no_mistake_is_in_the_code_of_today() {
    for variant in variants() {
        let Variant { slug, claim, .. } = &variant;
        let title = claims::title(claim).unwrap_or("see the header");
        assert!(
            !variant.is_planted(&root(), &Overlay::new()),
            "{claim} ({title}) does not hold: the mistake of patches/{slug}.patch is in the code"
        );
    }
}

#[test]
fn a_mistake_that_is_planted_is_known_again() {
    for variant in variants() {
        let planted = variant.overlay(&root()).expect("it applies");
        assert!(variant.is_planted(&root(), &planted), "{}", variant.slug);
    }
}

#[test]
fn every_patch_applies_to_the_code_of_today() {
    for variant in variants() {
        if let Err(error) = variant.overlay(&root()) {
            panic!("{}: {error}", variant.slug);
        }
    }
}

#[test]
fn what_breaks_a_real_run_is_an_experiment_that_is_there() {
    for experiment in variants().into_iter().filter_map(|one| one.experiment) {
        let file = root().join(format!("chaos/experiments/{experiment}.yaml"));
        assert!(file.is_file(), "{}", file.display());
    }
}

#[test]
fn there_are_two_dozen_variants_and_five_of_them_are_real_processes() {
    let variants = variants();
    let runs = variants.iter().filter(|one| one.level == Level::Run);
    assert!(variants.len() >= 24, "{} variants", variants.len());
    assert!(runs.count() >= 5);
}

#[test]
fn a_mistake_is_made_once() {
    let mut seen = BTreeSet::new();
    for variant in variants() {
        let overlay = variant.overlay(&root()).expect("it applies");
        assert!(seen.insert(overlay), "{} is another variant", variant.slug);
        assert!(seen_title(&variant), "{}: no title", variant.slug);
    }
}

fn seen_title(variant: &Variant) -> bool {
    variant.title.len() < 80 && variant.mistake.len() > variant.title.len()
}

#[test]
fn the_table_lists_exactly_the_patches() {
    let document = Document::open(&root(), TABLE).expect("it has a place");
    let listed: Vec<&str> = document
        .text
        .lines()
        .filter(|line| line.starts_with("| ["))
        .collect();
    let rows: Vec<String> = variants().iter().map(table::row).collect();
    for row in &rows {
        assert!(
            listed.iter().any(|line| line.starts_with(row.as_str())),
            "not in tests/teeth/README.md, `make teeth` puts it there: {row}"
        );
    }
    assert_eq!(listed.len(), rows.len(), "rows without a patch");
}

#[test]
fn the_front_page_shows_the_share_of_the_table() {
    let table = Document::open(&root(), TABLE).expect("it has a place");
    let front = Document::open(&root(), SHARE).expect("it has a place");
    assert_eq!(front.text, table::share(&table.text));
}

#[test]
fn the_claims_of_the_stores_are_the_names_of_their_tests() {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join("tests/stores/tests/stores")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("the suites are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source is read");
            let marked = source.split("#[test]\nfn ").skip(1);
            found.extend(marked.filter_map(|rest| Some(rest.split_once('(')?.0.to_owned())));
        }
    }
    let known: BTreeSet<String> = stores::TESTS.map(str::to_owned).into();
    assert_eq!(known, found, "level/stores.rs, and the tests there are");
}
