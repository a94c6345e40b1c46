//! What differs in one sentence, and the four answers that a reader came for.

use crate::comparison::Comparison;
use crate::comparison::figures::Word;
use crate::markup::Html;
use crate::sections::Section;
use crate::words::{counted, listed, sentence};

pub const SECTION: Section<Comparison> = Section {
    id: "verdict",
    title: "What differs",
    about: "",
    body,
};

fn body(html: &mut Html, comparison: &Comparison) {
    if let Some(difference) = comparison.not_asked_the_same() {
        html.leaf("p", &[("class", &"no-data")], difference);
    }
    let class = match (comparison.is_worse(), any(comparison, Word::Better)) {
        (true, _) => "verdict invalid",
        (false, true) => "verdict valid",
        (false, false) => "verdict",
    };
    html.leaf("p", &[("class", &class)], comparison.sentence());
    html.tag("dl", &[("class", &"answers")], |html| {
        answer(html, "What got worse?", named(comparison, Word::Worse));
        answer(html, "What got better?", named(comparison, Word::Better));
        answer(html, "What were the verdicts?", verdicts(comparison));
        answer(html, "What cannot be told?", untold(comparison));
    });
}

fn any(comparison: &Comparison, word: Word) -> bool {
    comparison.with(word).next().is_some()
}

/// The figure, and what it is of.
fn answer(html: &mut Html, question: &str, (figure, note): (String, String)) {
    html.tag("div", &[], |html| {
        html.leaf("dt", &[], question);
        html.tag("dd", &[], |html| {
            html.leaf("strong", &[], figure);
            html.leaf("span", &[], note);
        });
    });
}

fn named(comparison: &Comparison, word: Word) -> (String, String) {
    let count = comparison.with(word).count();
    if count == 0 {
        let compared = comparison.figures.len() - comparison.with(Word::CannotBeTold).count();
        let compared = counted(compared, "figure", "figures");
        return (
            "Nothing".into(),
            format!("Of {compared}, by more than noise."),
        );
    }
    // By group, in the order of the table.
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for decided in comparison.with(word) {
        let group = decided.figure.group.split(", ").next().unwrap_or_default();
        match groups.last_mut() {
            Some((last, n)) if *last == group => *n += 1,
            _ => groups.push((group, 1)),
        }
    }
    let named = groups
        .iter()
        .map(|(group, n)| format!("{n} of {}", group.to_lowercase()));
    (
        counted(count, "figure", "figures"),
        format!("{}.", sentence(&listed(&named.collect::<Vec<_>>()))),
    )
}

fn verdicts(comparison: &Comparison) -> (String, String) {
    let [a, b] = comparison
        .runs
        .each_ref()
        .map(|run| run.files.judgement.verdict.as_str());
    let figure = match a == b {
        true => format!("Both {a}"),
        false => format!("A {a}, B {b}"),
    };
    let claims = comparison
        .figures
        .iter()
        .filter(|it| it.figure.group == "Verdict");
    // The first is the run's own.
    let names: Vec<String> = claims.skip(1).map(|it| it.figure.name.clone()).collect();
    let note = match names.as_slice() {
        [] => "No claim was judged otherwise.".into(),
        names => format!("Judged otherwise: {}.", listed(names)),
    };
    (figure, note)
}

fn untold(comparison: &Comparison) -> (String, String) {
    let count = comparison.with(Word::CannotBeTold).count();
    match count {
        0 => (
            "Nothing".into(),
            "Both runs have what each figure needs.".into(),
        ),
        _ => (
            counted(count, "figure", "figures"),
            "Missing in one run, or seen too seldom; each says why.".into(),
        ),
    }
}
