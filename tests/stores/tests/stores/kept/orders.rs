//! Orders: its rows, and the replica of the catalogue.

use super::{Kept, named, order};
use crate::world::{ORDERS, any_order, any_sku, facts, order_id, skus};
use decider::Coordination;
use orders::tables::OrdersTables;
use orders_contract::{OrderId, Reason};
use orders_core::{Command, Item, Orders, Placement, State};
use proptest::prelude::*;
use simulation::store::tables;
use sqlx::migrate::Migrator;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Orders are due by then: half of what [`now`] may be comes before it.
const DEADLINE_AT_MS: i64 = 50_000;

fn now() -> impl Strategy<Value = i64> + Clone {
    prop::sample::select(vec![10_000, 60_000, 200_000])
}

fn reason() -> impl Strategy<Value = Reason> {
    prop::sample::select(Reason::ALL.to_vec())
}

/// With one of two fingerprints, so that a key comes back with another request.
fn placement() -> impl Strategy<Value = Placement> {
    (any_order(), 1..=2u128, now()).prop_map(|(n, fingerprint, now_ms)| {
        let facts = facts(n);
        let items = (facts.lines.iter())
            .map(|line| Item {
                sku: line.sku.clone(),
                quantity: line.quantity,
            })
            .collect();
        Placement {
            order_id: facts.order_id,
            fingerprint: Uuid::from_u128(fingerprint),
            customer: facts.customer,
            items,
            ship_to: facts.ship_to,
            coordination: match n {
                1 => Coordination::Choreography,
                _ => Coordination::Orchestration,
            },
            now_ms,
            deadline_at_ms: DEADLINE_AT_MS,
        }
    })
}

impl Kept for Orders {
    type Sql = OrdersTables;
    type Likeness = tables::orders::OrdersTables;

    const SERVICE: &'static str = "orders";
    const SQL: OrdersTables = OrdersTables;

    fn migrations() -> Migrator {
        orders::migrations()
    }

    fn command() -> BoxedStrategy<Command> {
        let price = (any_sku(), 1..=4i64).prop_map(|(sku, version)| Command::LearnPrice {
            sku,
            // The catalogue never says two prices under one version.
            unit_price_minor: version * 100,
            version,
        });
        let of = |asks: fn(OrderId) -> Command| any_order().prop_map(order_id).prop_map(asks);
        let at = |asks: fn(OrderId, i64) -> Command| {
            (any_order().prop_map(order_id), now()).prop_map(move |(id, now)| asks(id, now))
        };
        let ended = |asks: fn(OrderId, Reason, i64) -> Command| {
            (any_order().prop_map(order_id), reason(), now())
                .prop_map(move |(id, reason, now)| asks(id, reason, now))
        };
        prop_oneof![
            5 => price,
            6 => placement().prop_map(Command::Place),
            1 => of(|order_id| Command::RequestCancel { order_id }),
            2 => at(|order_id, now_ms| Command::DeadlineReached { order_id, now_ms }),
            1 => of(|order_id| Command::NotePivot { order_id }),
            2 => at(|order_id, now_ms| Command::NoteCaptured { order_id, now_ms }),
            2 => at(|order_id, now_ms| Command::NoteDispatched { order_id, now_ms }),
            1 => at(|order_id, now_ms| Command::Confirm { order_id, now_ms }),
            1 => ended(|order_id, reason, now_ms| Command::Reject { order_id, reason, now_ms }),
            1 => ended(|order_id, reason, now_ms| Command::Cancel { order_id, reason, now_ms }),
        ]
        .boxed()
    }

    fn everything() -> Vec<Command> {
        let orders = ORDERS.map(|n| Command::RequestCancel {
            order_id: order_id(n),
        });
        let prices = skus().map(|sku| Command::LearnPrice {
            sku,
            unit_price_minor: 1,
            version: 1,
        });
        orders.chain(prices).collect()
    }

    fn rows(state: &State) -> BTreeMap<String, String> {
        named("order", &state.orders)
            .chain(named("price", &state.catalogue))
            .collect()
    }

    fn say(command: &Command) -> String {
        match command {
            Command::Place(placement) => format!(
                "place {}, request {}, at {}",
                order(placement.order_id),
                placement.fingerprint.as_u128(),
                placement.now_ms
            ),
            Command::LearnPrice { sku, version, .. } => {
                format!("learn version {version} of {sku}'s price")
            }
            Command::RequestCancel { order_id } => format!("cancel {}", order(*order_id)),
            Command::DeadlineReached { order_id, now_ms } => {
                format!("deadline of {} at {now_ms}", order(*order_id))
            }
            Command::NotePivot { order_id } => format!("{} is arranged", order(*order_id)),
            Command::NoteCaptured { order_id, now_ms } => {
                format!("{} is captured at {now_ms}", order(*order_id))
            }
            Command::NoteDispatched { order_id, now_ms } => {
                format!("{} is dispatched at {now_ms}", order(*order_id))
            }
            Command::Confirm { order_id, now_ms } => {
                format!("confirm {} at {now_ms}", order(*order_id))
            }
            Command::Reject {
                order_id,
                reason,
                now_ms,
            } => format!("reject {} for {reason:?} at {now_ms}", order(*order_id)),
            Command::Cancel {
                order_id,
                reason,
                now_ms,
            } => format!("close {} for {reason:?} at {now_ms}", order(*order_id)),
        }
    }
}
