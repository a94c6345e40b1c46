//! Choreography and orchestration side by side, under the same faults.

use std::collections::BTreeSet;

use checkers::verdict::grouped;

use super::Section;
use crate::chart::bars::{self, Bar, Part};
use crate::findings::Findings;
use crate::findings::orders::Order;
use crate::findings::percentiles::Sorted;
use crate::markup::Html;
use crate::words::Ms;

pub const SECTION: Section = Section {
    id: "coordinations",
    title: "Choreography and orchestration",
    about: "Each order says which it wants; both met the same faults at the same time. Latency counts from the intended start.",
    body,
};

const PERCENTILES: [(&str, f64); 4] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0)];

/// The orders of one coordination.
type Orders<'a> = Vec<&'a Order>;

fn body(html: &mut Html, findings: &Findings) {
    super::pace(html, findings);
    let names = findings.coordinations();
    if names.is_empty() {
        return super::no_data(
            html,
            "coordinations",
            "the history has no order after the warm-up",
        );
    }
    let of = |name: &String| -> Orders {
        findings
            .orders
            .iter()
            .filter(|order| order.coordination == *name)
            .collect()
    };
    let sides: Vec<Orders> = names.iter().map(of).collect();
    bars::draw(html, &ends(&names, &sides));
    html.tag("div", &[("class", &"pair")], |html| {
        outcomes(html, findings, &names, &sides);
        latencies(html, findings, &names, &sides);
    });
}

fn outcomes(html: &mut Html, findings: &Findings, names: &[String], sides: &[Orders]) {
    super::table(html, "Outcomes", &columns("Outcome", names), |html| {
        row(html, "all orders", sides, |orders| {
            grouped(orders.len() as u64)
        });
        let outcomes: BTreeSet<String> = findings.orders.iter().map(Order::outcome).collect();
        for outcome in outcomes {
            let is_it = |order: &&&Order| order.outcome() == outcome;
            row(html, &outcome, sides, |orders| {
                grouped(orders.iter().filter(is_it).count() as u64)
            });
        }
    });
}

fn latencies(html: &mut Html, findings: &Findings, names: &[String], sides: &[Orders]) {
    super::table(html, "Latencies", &columns("Latency", names), |html| {
        for (name, share) in PERCENTILES {
            let title = format!("to the acknowledgement, {name}");
            row(html, &title, sides, |orders| {
                latency(orders, Order::acknowledged_ms, share)
            });
        }
        for (name, share) in PERCENTILES {
            row(html, &format!("to the end, {name}"), sides, |orders| {
                latency(orders, Order::ended_ms, share)
            });
        }
        if !findings.faults().is_empty() {
            row(html, "to the end, p99 under a fault", sides, |orders| {
                let met = orders
                    .iter()
                    .copied()
                    .filter(|order| met_a_fault(order, findings));
                latency(&met.collect(), Order::ended_ms, 0.99)
            });
        }
    });
}

fn columns<'a>(first: &'a str, names: &'a [String]) -> Vec<&'a str> {
    std::iter::once(first)
        .chain(names.iter().map(String::as_str))
        .collect()
}

fn row(html: &mut Html, title: &str, sides: &[Orders], value: impl Fn(&Orders) -> String) {
    html.tag("tr", &[], |html| {
        html.leaf("th", &[("scope", &"row")], title);
        for orders in sides {
            html.leaf("td", &[("class", &"number")], value(orders));
        }
    });
}

fn latency(orders: &Orders, of: fn(&Order) -> Option<f64>, share: f64) -> String {
    let sorted = Sorted::of(orders.iter().copied().filter_map(of));
    sorted
        .at(share)
        .map_or("no data".into(), |ms| Ms(ms).to_string())
}

/// It was under way while a fault was in force.
fn met_a_fault(order: &Order, findings: &Findings) -> bool {
    let (from_us, until_us) = order.under_way_us();
    let meets = |from_ms: u64, to_ms: u64| from_us / 1_000 <= to_ms && from_ms <= until_us / 1_000;
    findings
        .faults()
        .iter()
        .any(|fault| meets(fault.began_ms, fault.ended_ms))
}

fn ends(names: &[String], sides: &[Orders]) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (percentile, share) in &PERCENTILES[..3] {
        for (nth, (name, orders)) in names.iter().zip(sides).enumerate() {
            let latencies = Sorted::of(orders.iter().copied().filter_map(Order::ended_ms));
            let Some(ms) = latencies.at(*share) else {
                continue;
            };
            let class = if nth == 0 { "work" } else { "work second" };
            bars.push(Bar {
                label: format!("{percentile} to the end, {name}"),
                parts: vec![Part { class, length: ms }],
                value: Ms(ms).to_string(),
            });
        }
    }
    bars
}
