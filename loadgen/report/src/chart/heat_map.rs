//! Latency over time as a heat map: how many orders took how long, when.

use super::axis::{self, Frame, HEIGHT, Timeline};
use super::scale::Scale;
use crate::findings::orders::Order;
use crate::findings::window::Grid;
use crate::markup::Html;
use crate::words::{After, Ms, counted};

/// Rows a power of ten: latency within a quarter more or less is one cell.
const ROWS_A_DECADE: f64 = 5.0;
/// Shades from the least to the most.
const SHADES: usize = 5;

pub struct HeatMap<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub grid: Grid,
    pub orders: &'a [Order],
    pub latency_ms: fn(&Order) -> Option<f64>,
}

pub fn draw(html: &mut Html, timeline: Timeline, map: &HeatMap) {
    let latencies = map.orders.iter().filter_map(map.latency_ms);
    let scale = Scale::latency(latencies.clone());
    let Scale::Latency { min, max } = scale else {
        return;
    };
    let rows = ((max / min).log10() * ROWS_A_DECADE).round() as usize;
    let mut cells = vec![vec![0_u32; rows]; map.grid.steps];
    for order in map.orders {
        let Some(ms) = (map.latency_ms)(order) else {
            continue;
        };
        let row = ((ms.max(min) / min).log10() * ROWS_A_DECADE) as usize;
        if let Some(step) = map.grid.step_at(order.intended_us / 1_000) {
            cells[step][row.min(rows - 1)] += 1;
        }
    }
    let most = cells.iter().flatten().copied().max().unwrap_or(0);
    let frame = Frame {
        title: map.title,
        unit: map.unit,
        description: description(timeline, map, most),
        scale,
        grid: map.grid,
        legend: Vec::new(),
    };
    axis::frame(html, timeline, &frame, |html| {
        for (shade, d) in paths(timeline, &map.grid, &cells, most).iter().enumerate() {
            let class = format!("heat heat-{shade}");
            html.leaf("path", &[("class", &class), ("d", d)], "");
        }
    });
    key(html, most);
}

/// One path a shade.
fn paths(timeline: Timeline, grid: &Grid, cells: &[Vec<u32>], most: u32) -> [String; SHADES] {
    let mut paths = [const { String::new() }; SHADES];
    for (step, rows) in cells.iter().enumerate() {
        let from = axis::x(timeline.window, grid.started_ms(step) as f64);
        let to = axis::x(timeline.window, grid.started_ms(step + 1) as f64);
        let height = HEIGHT / rows.len() as f64;
        for (row, count) in rows.iter().enumerate().filter(|(_, count)| **count > 0) {
            let bottom = HEIGHT - row as f64 * height;
            let cell = format!(
                "M{from:.1} {bottom:.1}V{:.1}H{to:.1}V{bottom:.1}Z",
                bottom - height
            );
            paths[shade(*count, most)] += &cell;
        }
    }
    paths
}

/// By powers: one order and two are further apart than fifty and sixty.
fn shade(count: u32, most: u32) -> usize {
    let share = match most {
        0 | 1 => 1.0,
        most => f64::from(count).ln() / f64::from(most).ln(),
    };
    ((share * SHADES as f64) as usize).min(SHADES - 1)
}

/// How many orders a shade stands for.
fn key(html: &mut Html, most: u32) {
    html.tag("p", &[("class", &"key")], |html| {
        html.text("Orders in a cell, from 1 to ");
        html.text(most);
        html.tag(
            "span",
            &[("class", &"ramp"), ("aria-hidden", &"true")],
            |html| {
                for shade in 0..SHADES {
                    html.leaf("i", &[("class", &format_args!("heat-{shade}"))], "");
                }
            },
        );
    });
}

fn description(timeline: Timeline, map: &HeatMap, most: u32) -> String {
    let latency = |order: &&Order| (map.latency_ms)(order).unwrap_or(0.0);
    let slowest = map
        .orders
        .iter()
        .max_by(|left, right| latency(left).total_cmp(&latency(right)));
    let Some(slowest) = slowest else {
        return "No order.".into();
    };
    let counted = counted(
        map.orders.iter().filter_map(map.latency_ms).count(),
        "order",
        "orders",
    );
    let at_ms = slowest.intended_us as f64 / 1_000.0 - timeline.window.from_ms as f64;
    format!(
        "{counted}, at most {most} in a cell. The slowest took {} and was due at {}.",
        Ms(latency(&slowest)),
        After(at_ms),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::orders::tests::order;
    use crate::findings::window::Window;

    #[test]
    fn an_order_lies_in_the_cell_of_its_start_and_its_latency() {
        let window = Window {
            from_ms: 0,
            to_ms: 4_000,
        };
        let mut slow = order(1, 2_500);
        slow.end.as_mut().expect("ended").at_us += 900_000;
        let map = HeatMap {
            title: "Time to the end",
            unit: "",
            grid: window.grid(4),
            orders: &[order(0, 500), slow],
            latency_ms: Order::ended_ms,
        };
        let mut html = Html::default();
        draw(
            &mut html,
            Timeline {
                window: &window,
                faults: &[],
            },
            &map,
        );
        let drawn = html.into_string();
        // 100 ms is the lowest of five rows, 1,000 ms the highest.
        assert!(drawn.contains("M0.0 100.0V80.0H250.0V100.0Z"), "{drawn}");
        assert!(drawn.contains("M500.0 20.0V0.0H750.0V20.0Z"), "{drawn}");
        assert!(
            drawn.contains("The slowest took 1.00 s and was due at +2.5 s."),
            "{drawn}"
        );
    }

    #[test]
    fn more_orders_are_never_a_lighter_shade() {
        let shades: Vec<usize> = (1..=60).map(|count| shade(count, 60)).collect();
        assert!(shades.is_sorted());
        assert_eq!((shade(1, 60), shade(60, 60), shade(1, 1)), (0, 4, 4));
    }
}
