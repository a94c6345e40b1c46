//! What the comparison of two runs says.

use report::Comparison;
use report::comparison::figures::Word;

use crate::generated::{Folder, Plan, run};

const SMALL: Plan = Plan {
    seed: 7,
    seconds: 120,
    rate: 20,
    slowness: 1.0,
    mark: "",
};

fn compared(a: &Folder, b: &Folder) -> Comparison {
    Comparison::read(&a.0, &b.0).expect("two judged runs")
}

fn named(comparison: &Comparison, word: Word) -> Vec<String> {
    let name = |it: &report::comparison::decided::Decided| {
        format!("{}: {}", it.figure.group, it.figure.name)
    };
    comparison.with(word).map(name).collect()
}

#[test]
fn the_same_run_twice_is_within_noise_in_everything() {
    let folder = run("twice", SMALL);
    let comparison = compared(&folder, &folder);
    for word in [Word::Better, Word::Worse, Word::Differs] {
        assert_eq!(named(&comparison, word), [""; 0]);
    }
    assert_eq!(comparison.sentence(), "Nothing exceeds noise.");
    assert_eq!(comparison.not_asked_the_same(), None);
    assert!(comparison.with(Word::WithinNoise).count() > 30);
}

#[test]
fn another_run_of_the_same_system_is_within_noise() {
    let a = run("again-a", SMALL);
    // One in twenty comparisons may be mistaken; of these six none is.
    for seed in 20..26 {
        let b = run(&format!("again-{seed}"), Plan { seed, ..SMALL });
        let comparison = compared(&a, &b);
        assert!(!comparison.is_worse(), "{}", comparison.sentence());
    }
}

#[test]
fn a_slower_run_is_said_to_be_slower_and_by_how_much() {
    let a = run("slower-a", SMALL);
    let slower = Plan {
        seed: 8,
        slowness: 1.5,
        ..SMALL
    };
    let comparison = compared(&a, &run("slower-b", slower));
    let worse = named(&comparison, Word::Worse);
    let p50 = "Latency before the faults: to the acknowledgement, p50".to_owned();
    assert!(worse.contains(&p50), "{worse:?}");
    assert_eq!(named(&comparison, Word::Better), [""; 0]);
    let sentence = comparison.sentence();
    assert!(sentence.starts_with("B was slower: "), "{sentence}");
    assert!(
        sentence.ends_with("; nothing else exceeds noise."),
        "{sentence}"
    );
    let back = compared(&run("slower-c", slower), &a);
    assert!(
        back.sentence().starts_with("B was faster: "),
        "{}",
        back.sentence()
    );
}

#[test]
fn the_table_has_a_word_for_each_figure_and_says_first_what_was_not_asked_the_same() {
    let a = run("table-a", SMALL);
    let b = run("table-b", Plan { rate: 10, ..SMALL });
    let table = compared(&a, &b).table(&|_, line| line.to_owned());
    let (head, rows) = table.split_once("\n\n").expect("a head");
    assert!(
        head.contains("rate intended (20 orders/s in A, 10 orders/s in B)"),
        "{head}"
    );
    assert!(rows.contains("differs"), "{rows}");
    assert!(!table.contains('\x1b'), "no colour of its own");
    let words = [
        "better",
        "worse",
        "differs",
        "within noise",
        "cannot be told",
    ];
    let figures = rows.lines().filter(|line| line.starts_with("  "));
    // The first is the head of the columns.
    for line in figures.skip(1) {
        assert!(words.iter().any(|word| line.contains(word)), "{line}");
    }
}

#[test]
fn the_same_runs_make_the_same_page() {
    let (a, b) = (
        run("same-a", SMALL),
        run("same-b", Plan { seed: 9, ..SMALL }),
    );
    assert_eq!(compared(&a, &b).page(), compared(&a, &b).page());
}

#[test]
fn runs_that_are_too_short_say_so() {
    let short = Plan {
        seconds: 5,
        ..SMALL
    };
    let (a, b) = (
        run("short-a", short),
        run("short-b", Plan { seed: 9, ..short }),
    );
    let page = compared(&a, &b).page();
    assert!(page.contains("are fewer than 6 slices of 1.00 s"));
}

#[test]
fn a_run_without_evidence_is_compared_as_far_as_it_goes() {
    let (a, b) = (run("bare-a", SMALL), run("bare-b", SMALL));
    for name in [
        "journal.json",
        "traces.json",
        "series.json",
        "final-state.json",
    ] {
        std::fs::remove_file(b.0.join(name)).expect("removed");
    }
    std::fs::write(b.0.join("history.jsonl"), "").expect("emptied");
    let comparison = compared(&a, &b);
    assert_eq!(named(&comparison, Word::Better), [""; 0]);
    let page = comparison.page();
    assert!(page.contains("B has no orders"));
    assert!(page.contains("<b>No data</b> for faults of B: the run left no journal.json"));
    assert!(!page.contains("NaN"), "no figure out of nothing");
    assert!(page.contains("B has no traces with times"));
    assert!(page.contains("lag of the read side of B: the run left no series.json"));
}

#[test]
fn nothing_that_comes_from_a_run_is_markup_and_a_page_asks_for_nothing_from_anywhere() {
    let hostile = Plan {
        seconds: 20,
        mark: "</title></style></script><script>alert(1)</script>'\"><img src=x>",
        ..SMALL
    };
    let page = compared(&run("hostile-a", SMALL), &run("hostile-b", hostile)).page();
    assert!(page.contains("&lt;script&gt;alert(1)"), "the mark is shown");
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert_eq!(page.matches("<script>").count(), 1, "ours alone");
    let page = compared(&run("network-a", SMALL), &run("network-b", SMALL)).page();
    for reference in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn a_folder_that_is_no_run_and_one_that_was_not_judged_say_what_to_do_next() {
    let folder = run("unjudged", SMALL);
    std::fs::remove_file(folder.0.join("verdict.json")).expect("removed");
    let told = |a: &std::path::Path| match Comparison::read(a, a) {
        Ok(_) => panic!("there is nothing to compare"),
        Err(error) => error.to_string(),
    };
    let (unjudged, nowhere) = (told(&folder.0), told(std::path::Path::new("/nowhere")));
    assert!(unjudged.contains("`loadgen judge "), "{unjudged}");
    assert!(nowhere.contains("is it the folder of a run?"), "{nowhere}");
}
