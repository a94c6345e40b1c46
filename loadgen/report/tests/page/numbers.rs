//! Times that cannot be: a page is made all the same, because `loadgen judge` ends with one.

use report::Comparison;
use serde_json::Value;

use crate::generated::{Folder, Plan, run};

const SMALL: Plan = Plan {
    seed: 7,
    seconds: 20,
    rate: 10,
    slowness: 1.0,
    mark: "",
};
const FILES: [&str; 5] = [
    "run.json",
    "journal.json",
    "traces.json",
    "series.json",
    "history.jsonl",
];

/// How the names of times and lengths end; those of lengths alone.
const ALL: [&str; 2] = ["_us", "_ms"];
const LENGTHS: [&str; 1] = ["duration_us"];

/// Each number of such a name as large as there is room for.
fn endless(json: &mut Value, ends: &[&str]) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Number(number) if ends.iter().any(|end| name.ends_with(end)) => {
                        *number = u64::MAX.into();
                    }
                    _ => endless(value, ends),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| endless(item, ends)),
        _ => {}
    }
}

fn make_endless(folder: &Folder, name: &str, ends: &[&str]) {
    let path = folder.0.join(name);
    let text = std::fs::read_to_string(&path).expect("there");
    // Of the history each line is a document of its own.
    let documents = match name.ends_with(".jsonl") {
        true => text.lines().collect(),
        false => vec![text.as_str()],
    };
    let documents = documents.into_iter().map(|document| {
        let mut json = serde_json::from_str(document).expect("JSON");
        endless(&mut json, ends);
        json.to_string()
    });
    let text = documents.collect::<Vec<_>>().join("\n");
    std::fs::write(path, text).expect("written");
}

fn both_pages(folder: &Folder, other: &Folder) {
    report::write(&folder.0).expect("a report");
    let compared = Comparison::read(&other.0, &folder.0).expect("two runs");
    assert!(compared.page().contains("</html>"));
}

#[test]
fn times_as_long_as_there_is_room_for_are_no_reason_to_fail() {
    let other = run("endless-other", SMALL);
    for name in FILES {
        let folder = run(&format!("endless-{name}"), SMALL);
        make_endless(&folder, name, &ALL);
        both_pages(&folder, &other);
    }
    let folder = run("endless", SMALL);
    for name in FILES {
        make_endless(&folder, name, &ALL);
    }
    both_pages(&folder, &other);
    both_pages(&folder, &folder);
}

#[test]
fn spans_without_an_end_add_up() {
    let folder = run("endless-spans", SMALL);
    make_endless(&folder, "traces.json", &LENGTHS);
    both_pages(&folder, &folder);
}
