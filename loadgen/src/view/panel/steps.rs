//! What the load generator last saw of the orders under way.
//!
//! The public API shows no step between `placed` and the end. How long an order has been between them is what it
//! tells of the saga.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget};

use super::{DIM, PLAIN, Panel, STRONG, UNSURE, time_of};
use crate::drive::plan::{CHOREOGRAPHY, ORCHESTRATION};
use crate::view::model::Model;
use crate::view::model::orders::{Order, Step};

pub const PANEL: Panel = Panel {
    title: "orders under way, as last seen",
    draw,
};

const SECOND_US: u64 = 1_000_000;
/// A saga's own deadline.
const DEADLINE_US: u64 = 30 * SECOND_US;

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let age = |order: &Order| model.now_us.saturating_sub(order.sent_us);
    let placed = |order: &Order| order.step == Step::Acknowledged;
    let placed_for = move |from: u64, until: u64| {
        move |order: &Order| placed(order) && (from..until).contains(&age(order))
    };
    let count = |is: &dyn Fn(&Order) -> bool| {
        [CHOREOGRAPHY, ORCHESTRATION].map(|coordination| {
            let orders = model.orders.under_way().filter(|order| is(order));
            orders
                .filter(|order| order.place.coordination == coordination)
                .count()
        })
    };
    let rows = [
        ("sent, no answer yet", count(&|it| it.step == Step::Sent)),
        ("placed, no end seen", count(&placed)),
        ("   under 1 s", count(&placed_for(0, SECOND_US))),
        (
            "   1 to 10 s",
            count(&placed_for(SECOND_US, 10 * SECOND_US)),
        ),
        (
            "   10 to 30 s",
            count(&placed_for(10 * SECOND_US, DEADLINE_US)),
        ),
        (
            "   past the deadline",
            count(&placed_for(DEADLINE_US, u64::MAX)),
        ),
        ("cancel not answered", count(&|it| it.is_cancel_open)),
    ];
    let mut lines = vec![Line::styled(
        format!("{:<20}{:>9}{:>9}", "", "choreo.", "orch."),
        DIM,
    )];
    for (nth, (what, [choreography, orchestration])) in rows.into_iter().enumerate() {
        let style = match nth {
            0 | 1 => STRONG,
            5 if choreography + orchestration > 0 => UNSURE,
            _ => PLAIN,
        };
        let row = format!("{what:<20}{choreography:>9}{orchestration:>9}");
        lines.push(Line::styled(row, style));
    }
    let oldest_us = model.orders.under_way().map(age).max();
    let oldest = oldest_us.map_or("-".to_owned(), time_of);
    lines.push(Line::raw(format!("{:<20}{oldest:>9}", "oldest")));
    let (lost, given_up) = (model.orders.lost, model.orders.given_up);
    lines.push(Line::raw(format!("{:<20}{lost:>9}", "answer lost, unseen")));
    lines.push(Line::raw(format!(
        "{:<20}{given_up:>9}",
        "watched to no end"
    )));
    Paragraph::new(lines).render(area, buffer);
}
