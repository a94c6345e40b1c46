//! What the documents show: a row a variant, and the share that is caught.
//!
//! A run of some variants gives new figures to these; a row that was not run again and says
//! the same otherwise keeps the figure it has.

use crate::{
    campaign::{Caught, Ending},
    level::Level,
    variant::Variant,
};
use std::{collections::BTreeMap, time::Duration};

const HEAD: &str = "| variant | the mistake | failure mode | level | caught by | needed |\n\
                    |---|---|---|---|---|---|\n";
const NOT_RUN: &str = "not run";
const NOT_CAUGHT: &str = "**not caught**";

/// The whole text between the markers; `before` is what was there.
pub fn table(variants: &[Variant], caught: &BTreeMap<String, Caught>, before: &str) -> String {
    let known = figures(before);
    let rows: Vec<(String, String)> = variants
        .iter()
        .map(|variant| {
            let words = row(variant);
            let figure = match caught.get(&variant.slug) {
                Some(caught) => figure(variant.level, caught),
                None => known
                    .get(words.as_str())
                    .map_or_else(|| NOT_RUN.to_owned(), |figure| (*figure).to_owned()),
            };
            (words, figure)
        })
        .collect();
    let is_caught = |figure: &String| figure != NOT_RUN && figure != NOT_CAUGHT;
    let count = rows.iter().filter(|(_, figure)| is_caught(figure)).count();
    let mut text = format!("**{count} of {} variants are caught**", rows.len());
    for level in Level::ALL {
        let of_level = variants.iter().filter(|one| one.level == level).count();
        text += &format!(", {of_level} of them at level {level}");
    }
    text = text
        .replacen(", ", ": ", 1)
        .replace(" of them at level", " at level");
    text += ".\n\n";
    text += HEAD;
    for (words, figure) in rows {
        text += &format!("{words} {figure} |\n");
    }
    text.trim_end().to_owned()
}

/// What the front page shows, of a whole table.
pub fn share(table: &str) -> String {
    let share = table
        .split_once(" variants")
        .and_then(|(share, _)| share.strip_prefix("**"));
    let share = share.unwrap_or("none");
    format!(
        "**{share} careless variants of our own code are caught** by the claim that each names: \
         [tests/teeth](tests/teeth/README.md)."
    )
}

/// And what breaks the system there.
fn level(variant: &Variant) -> String {
    let level = variant.level;
    match &variant.experiment {
        Some(name) => format!("{level}: [{name}](../../chaos/experiments/{name}.yaml)"),
        None => level.to_string(),
    }
}

/// A row but for its figure, ready for one more cell.
pub fn row(variant: &Variant) -> String {
    let claim = match crate::claims::title(&variant.claim) {
        Some(title) => format!("{} {title}", variant.claim),
        None => variant.claim.clone(),
    };
    let cells = [
        format!("[{}](patches/{}.patch)", variant.title, variant.slug),
        variant.mistake.clone(),
        variant.failure_mode.clone(),
        level(variant),
        claim,
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |", cells.join(" | "))
}

/// The last cell of each row, by the rest of it.
fn figures(text: &str) -> BTreeMap<&str, &str> {
    let rows = text.lines().filter(|line| line.starts_with("| ["));
    let split = rows.filter_map(|row| {
        let (rest, figure) = row.trim_end().strip_suffix(" |")?.rsplit_once(" | ")?;
        Some((row.get(..rest.len() + 2)?, figure))
    });
    split.collect()
}

fn figure(level: Level, caught: &Caught) -> String {
    let Ending::ByItsClaim { seeds } = caught.ending else {
        return NOT_CAUGHT.to_owned();
    };
    let seconds = whole_seconds(caught.took);
    match (level, seeds) {
        (Level::Model | Level::Stores, _) => format!("{seconds} s"),
        (Level::Simulation | Level::Run, 1) => format!("1 seed, {seconds} s"),
        (Level::Simulation | Level::Run, seeds) => format!("{seeds} seeds, {seconds} s"),
    }
}

/// Nothing takes no time.
fn whole_seconds(took: Duration) -> u64 {
    took.as_millis()
        .div_ceil(1_000)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(slug: &str) -> Variant {
        let text = format!(
            "Variant: {slug}\nMistake: a | b\nFailure mode: F1\nLevel: simulation\nClaim: I12\n\
             Seeds: 9\n\n"
        );
        Variant::parse(slug, &text).expect("is whole")
    }

    fn caught(ending: Ending) -> Caught {
        Caught {
            ending,
            took: Duration::from_millis(1_200),
        }
    }

    #[test]
    fn a_row_that_was_not_run_again_keeps_its_figure() {
        let variants = [variant("one"), variant("two")];
        let all = BTreeMap::from([
            ("one".to_owned(), caught(Ending::ByItsClaim { seeds: 3 })),
            ("two".to_owned(), caught(Ending::ByItsClaim { seeds: 1 })),
        ]);
        let before = table(&variants, &all, "");
        assert!(before.starts_with("**2 of 2 variants are caught**: 0 at level model, 2 at"));
        assert!(before.contains("| 3 seeds, 2 s |") && before.contains("| 1 seed, 2 s |"));
        assert!(share(&before).starts_with("**2 of 2 careless variants"));
        let again = BTreeMap::from([("two".to_owned(), caught(Ending::Not { seeds: 9 }))]);
        let after = table(&variants, &again, &before);
        assert!(after.starts_with("**1 of 2 variants are caught**"));
        assert!(after.contains("| 3 seeds, 2 s |") && after.contains("| **not caught** |"));
    }

    #[test]
    fn a_row_whose_words_changed_has_no_figure() {
        let all = BTreeMap::from([("one".to_owned(), caught(Ending::ByItsClaim { seeds: 3 }))]);
        let before = table(&[variant("one")], &all, "");
        let mut changed = variant("one");
        changed.mistake = "c".to_owned();
        let after = table(&[changed], &BTreeMap::new(), &before);
        assert!(after.contains(NOT_RUN));
    }
}
