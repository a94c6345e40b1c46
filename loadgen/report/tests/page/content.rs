//! What the page says.

use crate::generated::{Folder, Plan, run};

const SMALL: Plan = Plan {
    seed: 7,
    seconds: 60,
    rate: 20,
    slowness: 1.0,
    mark: "",
};

fn page(folder: &Folder) -> String {
    let path = report::write(&folder.0).expect("a report");
    std::fs::read_to_string(path).expect("the page")
}

#[test]
fn the_verdict_is_one_sentence_with_the_faults_in_it() {
    let page = page(&run("sentence", SMALL));
    assert!(page.contains("1,200 orders under 1 kill, 1 partition and 1 pause, nothing lost; the slowest recovery took"));
    for answer in [
        "What broke?",
        "For how long?",
        "Was anything lost?",
        "Where did time go?",
    ] {
        assert!(page.contains(answer), "{answer}");
    }
}

#[test]
fn a_crossed_threshold_is_in_the_headline_of_a_valid_run() {
    let page = page(&run("thresholds", SMALL));
    let (_, headline) = page.split_once("<p class=\"verdict valid\">").expect("one");
    let (headline, _) = headline.split_once("</p>").expect("an end");
    assert!(headline.contains("1 threshold crossed"), "{headline}");
    assert!(headline.ends_with("p99 &lt; 60ms (71.2 ms)."), "{headline}");
    assert!(page.contains("<th scope=\"row\">unknown &lt; 1%</th>"));
}

#[test]
fn details_of_a_claim_stand_folded_below_it() {
    let page = page(&run("details", SMALL));
    let expected = "<details><summary>In detail</summary><ul><li>the largest account has 7 </li>";
    assert!(page.contains(expected));
}

#[test]
fn the_head_of_either_page_says_that_the_loop_was_closed() {
    let (open, closed) = (run("open", SMALL), run("closed", SMALL));
    let path = closed.0.join("run.json");
    let text = std::fs::read_to_string(&path).expect("there");
    let text = text.replace("\"load\":{", "\"load\":{\"pace\":\"closed\",");
    std::fs::write(&path, text).expect("written");
    let head = |page: &str| {
        let (head, _) = page.split_once("</header>").expect("a head");
        head.to_owned()
    };
    let said = "UTC, closed loop: latencies look better";
    assert!(head(&page(&closed)).contains(said));
    assert!(head(&page(&open)).contains("UTC, open loop</p>"));
    let compared = report::Comparison::read(&open.0, &closed.0).expect("two runs");
    let head = head(&compared.page());
    assert!(head.contains("UTC, open loop</p><p>B: "), "{head}");
    assert!(head.contains(said), "{head}");
}

#[test]
fn what_was_sent_is_shown_value_by_value() {
    let page = page(&run("sent", SMALL));
    for (place, value) in [
        ("title", "A sale "),
        ("stages 1 poisson rate", "20"),
        ("mix cancel", "0.05"),
        ("population customers", "100"),
    ] {
        let row = format!("<th scope=\"row\">{place}</th><td>{value}</td>");
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn every_fault_is_named_and_every_series_is_drawn_or_said_to_be_missing() {
    let page = page(&run("series", SMALL));
    for fault in ["kill payments-2", "blackhole shipping-1", "pause orders-1"] {
        assert!(page.contains(fault), "{fault}");
    }
    assert!(page.contains("<title>Queue depths</title>"));
    assert!(page.contains("<b>No data</b> for outbox rows: not scraped"));
    assert!(page.contains("lag of the read side, instances up, restarts and answers of the gateway: the run did not ask for it"));
    assert!(!page.contains("<title>Outbox rows</title>"));
}

#[test]
fn what_was_not_tested_and_how_to_repeat_the_run_stand_there() {
    let page = page(&run("untested", SMALL));
    assert!(page.contains("<li>cancel lost </li>"));
    assert!(page.contains("loadgen run --rate 20 --method &#39;chaos apply &#39; --seed 7"));
}

#[test]
fn the_same_run_makes_the_same_page() {
    let folder = run("same", SMALL);
    assert_eq!(page(&folder), page(&folder));
}

#[test]
fn nothing_that_comes_from_a_run_is_markup() {
    let hostile = Plan {
        seconds: 20,
        mark: "</title></style></script><script>alert(1)</script>'\"><img src=x>",
        ..SMALL
    };
    let page = page(&run("hostile", hostile));
    assert!(page.contains("&lt;script&gt;alert(1)"), "the mark is shown");
    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("<img"));
    assert_eq!(page.matches("<script>").count(), 1, "ours alone");
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn a_run_without_evidence_is_a_page_of_words() {
    let folder = run("bare", SMALL);
    for name in [
        "journal.json",
        "traces.json",
        "series.json",
        "final-state.json",
    ] {
        std::fs::remove_file(folder.0.join(name)).expect("removed");
    }
    std::fs::write(folder.0.join("history.jsonl"), "").expect("emptied");
    let page = page(&folder);
    assert!(page.contains("the run left no journal.json"));
    assert!(page.contains("under faults that are not known"));
    assert!(page.contains("the run left no traces.json"));
    assert!(page.contains("the history has none after the warm-up"));
    assert!(!page.contains("<figure"), "no empty chart");
}

#[test]
fn ten_minutes_at_two_hundred_orders_a_second_are_less_than_two_megabytes() {
    let long = Plan {
        seconds: 600,
        rate: 200,
        ..SMALL
    };
    let page = page(&run("long", long));
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(page.contains("120,000 orders"));
}

#[test]
fn a_page_asks_for_nothing_from_anywhere() {
    let page = page(&run("network", SMALL));
    for reference in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(reference), "{reference}");
    }
}
