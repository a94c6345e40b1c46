//! Where the time of an order goes: its critical path, span by span.

use checkers::state::Part as Source;

use super::Section;
use crate::chart::bars::{self, Bar, Part};
use crate::findings::Findings;
use crate::findings::time_spent::{Paths, Spent, Step};
use crate::markup::Html;
use crate::words::{Ms, counted};

pub const SECTION: Section = Section {
    id: "critical-path",
    title: "Where time goes",
    about: "The critical path of confirmed orders, from the request to the last span, in the mean. Each bar is a span as the saga goes: first how long its message waited, for relay, broker and consumer, then how long it worked.",
    body,
};

/// Steps below this share of the path are one bar together.
const SHARE_MIN: f64 = 0.005;

fn body(html: &mut Html, findings: &Findings) {
    if let Source::Missing(why) = &findings.files.traces {
        return super::no_data(html, "critical paths", why);
    }
    let mut drawn = false;
    for coordination in findings.coordinations() {
        let paths = Paths::of(findings, &coordination);
        let (Some(median), Some(slowest)) = (paths.median(), paths.slowest()) else {
            continue;
        };
        drawn = true;
        html.tag("div", &[("class", &"pair")], |html| {
            one(html, &coordination, "around the median", &median);
            one(html, &coordination, "the slowest", &slowest);
        });
    }
    match drawn {
        true => html.raw("<p class=\"key\"><i class=\"swatch wait\"></i> waiting <i class=\"swatch work\"></i> working</p>"),
        false => super::no_data(html, "critical paths", "no sampled trace of a confirmed order has spans with times"),
    }
}

fn one(html: &mut Html, coordination: &str, which: &str, spent: &Spent) {
    html.tag("div", &[], |html| {
        html.tag("h3", &[], |html| {
            html.text(coordination);
            html.text(", ");
            html.text(which);
            let orders = counted(spent.orders, "order", "orders");
            html.leaf(
                "small",
                &[],
                format_args!(" {orders}, {} each", Ms(spent.total_ms)),
            );
        });
        bars::draw(html, &steps(spent));
    });
}

fn steps(spent: &Spent) -> Vec<Bar> {
    let (shown, small): (Vec<&Step>, Vec<&Step>) = spent
        .steps
        .iter()
        .partition(|step| step.total_ms() >= spent.total_ms * SHARE_MIN);
    let sum = |of: fn(&Step) -> f64| small.iter().map(|step| of(step)).sum::<f64>();
    // That a message is processed goes without saying.
    let name = |step: &Step| {
        step.name
            .strip_prefix("process ")
            .unwrap_or(&step.name)
            .to_owned()
    };
    let label = |step: &Step| format!("{} {}", step.service, name(step));
    let bar = |label: String, wait_ms: f64, work_ms: f64| Bar {
        label,
        parts: vec![
            Part {
                class: "wait",
                length: wait_ms,
            },
            Part {
                class: "work",
                length: work_ms,
            },
        ],
        value: format!("{} + {}", Ms(wait_ms), Ms(work_ms)),
    };
    let mut bars: Vec<Bar> = shown
        .into_iter()
        .map(|step| bar(label(step), step.wait_ms, step.work_ms))
        .collect();
    if !small.is_empty() {
        let others = counted(small.len(), "other", "others together");
        bars.push(bar(
            others,
            sum(|step| step.wait_ms),
            sum(|step| step.work_ms),
        ));
    }
    bars
}
