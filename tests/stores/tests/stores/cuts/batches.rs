//! One batch a service that inserts into or updates each of its tables, and what has to be
//! there before it.

use crate::{
    batch::Item,
    kept::Kept,
    world::{customer, facts, key, order_id, sku},
};
use decider::Coordination;
use inventory_contract::StockEvent;
use inventory_core::Inventory;
use orchestrator_core::{Inbound, Orchestrator};
use orders_contract::{OrderEvent, Reason};
use orders_core::{Item as Wanted, Orders, Placement};
use payments_core::Payments;
use shipping_core::Shipping;
use uuid::Uuid;

pub trait Cuttable: Kept + Sized {
    fn opening() -> Vec<Item<Self>>;
    fn batch() -> Vec<Item<Self>>;
}

fn heard<P: Kept>(message: u128, command: P::Command) -> Item<P> {
    Item {
        message: Some(message),
        command,
    }
}

fn asked<P: Kept>(command: P::Command) -> Item<P> {
    Item {
        message: None,
        command,
    }
}

impl Cuttable for Payments {
    fn opening() -> Vec<Item<Self>> {
        use payments_core::Command::{Deposit, Hold};
        vec![
            asked(Deposit {
                deposit_id: key(1),
                customer: customer("ada"),
                amount_minor: 900,
            }),
            heard(1, Hold(facts(1))),
        ]
    }

    fn batch() -> Vec<Item<Self>> {
        use payments_core::Command::{Block, Capture, Deposit, Hold, Release};
        vec![
            heard(1, Hold(facts(1))),
            heard(
                2,
                Capture {
                    order_id: order_id(1),
                },
            ),
            heard(3, Hold(facts(2))),
            heard(
                4,
                Release {
                    order_id: order_id(3),
                },
            ),
            asked(Deposit {
                deposit_id: key(2),
                customer: customer("bob"),
                amount_minor: 500,
            }),
            asked(Block {
                customer: customer("bob"),
            }),
        ]
    }
}

impl Cuttable for Inventory {
    fn opening() -> Vec<Item<Self>> {
        use inventory_core::Command::{Receive, Reserve, SetPrice};
        vec![
            asked(SetPrice {
                sku: sku("tea"),
                unit_price_minor: 1,
            }),
            asked(Receive {
                receipt_id: key(1),
                sku: sku("tea"),
                quantity: 9,
            }),
            heard(1, Reserve(facts(2))),
        ]
    }

    fn batch() -> Vec<Item<Self>> {
        use inventory_core::Command::{Dispatch, Receive, Release, Reserve, SetPrice};
        vec![
            heard(1, Reserve(facts(2))),
            heard(
                2,
                Dispatch {
                    order_id: order_id(2),
                },
            ),
            asked(SetPrice {
                sku: sku("pot"),
                unit_price_minor: 2,
            }),
            asked(Receive {
                receipt_id: key(2),
                sku: sku("pot"),
                quantity: 4,
            }),
            heard(3, Reserve(facts(1))),
            heard(
                4,
                Release {
                    order_id: order_id(3),
                },
            ),
        ]
    }
}

fn placement(n: u128) -> Placement {
    let facts = facts(n);
    Placement {
        order_id: facts.order_id,
        fingerprint: Uuid::from_u128(n),
        customer: facts.customer,
        items: (facts.lines.into_iter())
            .map(|line| Wanted {
                sku: line.sku,
                quantity: line.quantity,
            })
            .collect(),
        ship_to: facts.ship_to,
        coordination: Coordination::Choreography,
        now_ms: 1,
        deadline_at_ms: 30_000,
    }
}

impl Cuttable for Orders {
    fn opening() -> Vec<Item<Self>> {
        use orders_core::Command::{LearnPrice, Place};
        let learn = |name| LearnPrice {
            sku: sku(name),
            unit_price_minor: 100,
            version: 1,
        };
        vec![
            heard(1, learn("tea")),
            heard(2, learn("pot")),
            asked(Place(placement(1))),
        ]
    }

    fn batch() -> Vec<Item<Self>> {
        use orders_core::Command::{DeadlineReached, LearnPrice, NoteCaptured, Place};
        vec![
            heard(
                3,
                LearnPrice {
                    sku: sku("tea"),
                    unit_price_minor: 200,
                    version: 2,
                },
            ),
            asked(Place(placement(2))),
            heard(
                4,
                NoteCaptured {
                    order_id: order_id(1),
                    now_ms: 40_000,
                },
            ),
            asked(DeadlineReached {
                order_id: order_id(2),
                now_ms: 40_000,
            }),
        ]
    }
}

impl Cuttable for Shipping {
    fn opening() -> Vec<Item<Self>> {
        vec![heard(1, shipping_core::Command::Arrange(facts(1)))]
    }

    fn batch() -> Vec<Item<Self>> {
        use shipping_core::Command::{Arrange, Void};
        let void = |n| Void {
            order_id: order_id(n),
            reason: Reason::Customer,
        };
        vec![
            heard(2, void(1)),
            heard(3, void(2)),
            heard(4, Arrange(facts(3))),
        ]
    }
}

impl Cuttable for Orchestrator {
    fn opening() -> Vec<Item<Self>> {
        vec![hear(1, Inbound::Order(placed(1)))]
    }

    fn batch() -> Vec<Item<Self>> {
        let reserved = StockEvent::Reserved { facts: facts(1) };
        vec![
            hear(2, Inbound::Stock(reserved)),
            hear(3, Inbound::Order(placed(2))),
        ]
    }
}

fn hear(message: u128, inbound: Inbound) -> Item<Orchestrator> {
    heard(message, orchestrator_core::Command(inbound))
}

fn placed(n: u128) -> OrderEvent {
    OrderEvent::Placed {
        facts: facts(n),
        version: 1,
        coordination: Coordination::Orchestration,
        placed_at_ms: 1,
    }
}
