//! What a real browser makes of the pages, on a phone and on a desk.

use serde_json::Value;

use crate::browser::{is_there, look};
use crate::generated::{Folder, Plan, run};

/// A phone, and a laptop.
const SIZES: [(u32, u32); 2] = [(375, 812), (1_280, 900)];

const PLAN: Plan = Plan {
    seed: 11,
    seconds: 60,
    rate: 20,
    slowness: 1.0,
    mark: "",
};

#[test]
fn the_page_of_a_run_fits_is_whole_and_makes_no_error_at_either_width() {
    if !is_there() {
        return;
    }
    let folder = run("browser", PLAN);
    report::write(&folder.0).expect("a report");
    // Five of the orders a second, two times three percentiles, three of one line, four queues.
    let readings = 5 + 2 * 3 + 3 + 4;
    let sections = [
        "verdict",
        "thresholds",
        "claims",
        "timeline",
        "recovery",
        "coordinations",
        "critical-path",
        "orders",
        "untested",
        "parameters",
    ];
    fits(&folder, "report.html", readings, &sections);
}

#[test]
fn the_page_of_two_runs_fits_is_whole_and_makes_no_error_at_either_width() {
    if !is_there() {
        return;
    }
    let a = run("browser-a", PLAN);
    let slower = Plan {
        seed: 12,
        slowness: 1.4,
        ..PLAN
    };
    let b = run("browser-b", slower);
    let comparison = report::Comparison::read(&a.0, &b.0).expect("two runs");
    comparison.write(&b.0.join("compare.html")).expect("a page");
    // Two runs: throughput, three latencies of two percentiles, under way, troubles, budget, one series.
    let readings = 2 * (1 + 3 * 2 + 3 + 1);
    let sections = ["verdict", "differences", "charts", "parameters", "noise"];
    fits(&b, "compare.html", readings, &sections);
}

fn fits(folder: &Folder, page: &str, readings: usize, sections: &[&str]) {
    for size in SIZES {
        let (width, _) = size;
        let seen = look(folder, page, size);
        let check: &Value = &seen.check;
        assert_eq!(check["width"], width, "{check}");
        assert_eq!(check["fits"], true, "wider than {width}: {check}");
        assert_eq!(check["overhanging"], serde_json::json!([]), "at {width}");
        assert_eq!(check["without_words"], 0, "a drawing has no words");
        assert_eq!(check["readings"], readings, "{check}");
        for section in sections {
            assert!(
                check["sections"][section].as_u64() > Some(0),
                "{section}: {check}"
            );
        }
        assert!(!seen.said.contains(":CONSOLE"), "{}", seen.said);
        assert!(
            seen.picture_bytes > 10_000,
            "an empty page is a smaller picture"
        );
    }
}
