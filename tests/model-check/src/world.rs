//! The world of a model: five participants, and the messages between them.

use crate::{
    ask::{Ask, Handled, Task, task_of},
    bits::Bits,
    desk::{Desk, Local},
    marks::{FIRST_ORDER, Marks},
    post::{INVENTORY, ORCHESTRATOR, ORDERS, PAYMENTS, Post, SEATS, SHIPPING},
    scenario::Scenario,
    watched::Watched,
};
use inventory_core::Inventory;
use orchestrator_core::Orchestrator;
use orders_contract::OrderId;
use orders_core::{Command, Orders};
use payments_core::Payments;
use shipping_core::Shipping;
use std::sync::Arc;
use uuid::Uuid;

/// The time of everything but deadlines. No rule compares it with anything, and a
/// deadline comes at its own time: see [`World::cancel_by`].
pub const NOW_MS: i64 = 0;

/// What the participants, the broker and the budgets are at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Every row of each participant, by number; [`World`] knows what they say.
    pub seats: [Local; SEATS.len()],
    /// Letters that a queue holds, or a consumer without having acknowledged them.
    pub flight: Bits,
    /// Rows that are committed and not yet published.
    pub outbox: Bits,
    /// Letters handled, by their slot.
    pub inbox: Bits,
    pub cancels_left: u8,
    pub deadlines_left: u8,
    /// The ask that a core rejected. It is a breach, and nothing happens after it.
    pub rejected: Option<Ask>,
}

impl State {
    pub fn has_mark(&self, mark: Marks) -> bool {
        self.seats.iter().any(|local| local.marks.has(mark))
    }

    /// Whether anything at all is undone, at whichever participant.
    fn has_undone(&self) -> bool {
        [
            Marks::STOCK_RELEASED,
            Marks::STOCK_TOMBSTONE,
            Marks::PAYMENT_RELEASED,
            Marks::PAYMENT_TOMBSTONE,
            Marks::SHIPMENT_TOMBSTONE,
        ]
        .into_iter()
        .any(|mark| self.has_mark(mark))
    }

    /// Nothing is in flight, nothing is left to publish.
    pub fn is_quiescent(&self) -> bool {
        self.flight.is_empty() && self.outbox.is_empty() && self.rejected.is_none()
    }
}

pub struct World {
    pub scenario: Scenario,
    pub post: Post,
    pub orders: Desk<Orders>,
    pub inventory: Desk<Inventory>,
    pub payments: Desk<Payments>,
    pub shipping: Desk<Shipping>,
    pub orchestrator: Desk<Orchestrator>,
}

impl World {
    pub fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            post: Post::default(),
            orders: Desk::default(),
            inventory: Desk::default(),
            payments: Desk::default(),
            shipping: Desk::default(),
            orchestrator: Desk::default(),
        }
    }

    /// What the participant at `seat` makes of `ask`.
    pub fn handle(&self, state: &State, seat: usize, ask: Ask) -> Arc<Handled> {
        let local = state.seats[seat];
        match (seat, ask) {
            (_, Ask::Cancel(order)) | (_, Ask::Deadline(order)) => {
                self.cancel_by(state, ask, order)
            }
            (ORDERS, _) => self.hear(&self.orders, local, ask),
            (INVENTORY, _) => self.hear(&self.inventory, local, ask),
            (PAYMENTS, _) => self.hear(&self.payments, local, ask),
            (SHIPPING, _) => self.hear(&self.shipping, local, ask),
            (ORCHESTRATOR, _) => self.hear(&self.orchestrator, local, ask),
            (seat, _) => unreachable!("there is no seat {seat}"),
        }
    }

    fn hear<P: Watched>(&self, desk: &Desk<P>, local: Local, ask: Ask) -> Arc<Handled> {
        desk.handle(&self.post, local, ask, |_| {
            let task = |letter| task_of::<P>(&self.post.letter(letter), NOW_MS);
            match ask {
                Ask::Letter(letter) => Ok(vec![task(letter)?]),
                Ask::Race(one, other) => Ok(vec![task(one)?, task(other)?]),
                Ask::Cancel(_) | Ask::Deadline(_) => Ok(vec![]),
            }
        })
    }

    /// A customer's cancel; or the deadline, at the moment that the order's row says.
    fn cancel_by(&self, state: &State, ask: Ask, order: Uuid) -> Arc<Handled> {
        let order_id = OrderId(order);
        let local = state.seats[ORDERS];
        self.orders.handle(&self.post, local, ask, |rows| {
            let due_at_ms = rows
                .orders
                .get(&order_id)
                .and_then(|order| order.deadline_at_ms);
            let commands = match (ask, due_at_ms) {
                (Ask::Deadline(_), Some(now_ms)) => {
                    vec![Command::DeadlineReached { order_id, now_ms }]
                }
                (Ask::Cancel(_), _) => vec![Command::RequestCancel { order_id }],
                (Ask::Deadline(_) | Ask::Letter(_) | Ask::Race(..), _) => vec![],
            };
            Ok(vec![Task {
                commands,
                coordination: None,
                may_be_refused: true,
            }])
        })
    }

    /// Whether a first copy is under way to where its order is undone, and asks in vain.
    pub fn has_late_message(&self, state: &State) -> bool {
        if !state.has_undone() {
            return false;
        }
        self.post
            .addresses(state.flight)
            .into_iter()
            .any(|(letter, seat, slot)| {
                let order = self.post.letter(letter).row.order;
                !state.inbox.contains(slot)
                    && order.is_some_and(|order| self.is_undone(state, seat, order))
                    && self
                        .handle(state, seat, Ask::Letter(letter))
                        .events
                        .is_empty()
            })
    }

    fn is_undone(&self, state: &State, seat: usize, order: Uuid) -> bool {
        fn ask<P: Watched>(desk: &Desk<P>, local: Local, order: Uuid) -> bool {
            P::is_undone(&desk.rows(local).state, order)
        }
        let local = state.seats[seat];
        match seat {
            ORDERS => ask(&self.orders, local, order),
            INVENTORY => ask(&self.inventory, local, order),
            PAYMENTS => ask(&self.payments, local, order),
            SHIPPING => ask(&self.shipping, local, order),
            ORCHESTRATOR => ask(&self.orchestrator, local, order),
            _ => false,
        }
    }

    /// The orders of this model, in the order of their names.
    pub fn order_ids(&self) -> impl Iterator<Item = Uuid> + use<> {
        (0..u128::from(self.scenario.orders)).map(|n| Uuid::from_u128(FIRST_ORDER + n))
    }
}
