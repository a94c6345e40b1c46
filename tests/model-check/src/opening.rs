//! The first state: goods received, money deposited, orders placed. By the same cores,
//! as their callers do it.

use crate::{
    action::Fate,
    ask::Task,
    bits::Bits,
    desk::{Desk, Local, Rows},
    post::{INVENTORY, ORCHESTRATOR, ORDERS, PAYMENTS, SEATS, SHIPPING},
    tally::Tally,
    watched::Watched,
    world::{NOW_MS, State, World},
};
use orders_contract::{Country, CustomerId, OrderId, Postcode, ShipTo, Sku};
use orders_core::{Item, Placement};
use std::collections::BTreeSet;
use uuid::Uuid;

const PRICE_MINOR: i64 = 100;
const DEADLINE_MS: i64 = 30_000;

fn text<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap_or_else(|_| panic!("{text:?} is a constant of this file"))
}

impl World {
    pub(crate) fn opening(&self) -> State {
        let mut state = self.nothing();
        let sku = || text::<Sku>("tea");
        let customer = || text::<CustomerId>("ann");

        let mut stock = vec![inventory_core::Command::SetPrice {
            sku: sku(),
            unit_price_minor: PRICE_MINOR,
        }];
        if self.scenario.stock > 0 {
            stock.push(inventory_core::Command::Receive {
                receipt_id: Uuid::from_u128(1),
                sku: sku(),
                quantity: self.scenario.stock,
            });
        }
        self.call(&mut state, INVENTORY, &self.inventory, stock);

        let mut account = vec![];
        if self.scenario.balance > 0 {
            account.push(payments_core::Command::Deposit {
                deposit_id: Uuid::from_u128(2),
                customer: customer(),
                amount_minor: self.scenario.balance * PRICE_MINOR,
            });
        }
        if self.scenario.is_blocked {
            account.push(payments_core::Command::Block {
                customer: customer(),
            });
        }
        self.call(&mut state, PAYMENTS, &self.payments, account);

        // Prices reach orders before anything is ordered.
        while let Some(letter) = state.flight.first() {
            state = self.deliver(&state, letter, Fate::Well);
        }
        let coordinations = [
            self.scenario.coordination,
            self.scenario.coordination_of_rival,
        ];
        let placed = self
            .order_ids()
            .zip(coordinations)
            .map(|(order, coordination)| {
                orders_core::Command::Place(Placement {
                    order_id: OrderId(order),
                    fingerprint: order,
                    customer: customer(),
                    items: vec![Item {
                        sku: sku(),
                        quantity: 1,
                    }],
                    ship_to: ShipTo {
                        country: text::<Country>(self.scenario.country),
                        postcode: text::<Postcode>("0150"),
                    },
                    coordination,
                    now_ms: NOW_MS,
                    deadline_at_ms: DEADLINE_MS,
                })
            });
        self.call(&mut state, ORDERS, &self.orders, placed.collect());
        state
    }

    /// No rows but the countries that we ship to.
    fn nothing(&self) -> State {
        let mut seats = [Local::default(); SEATS.len()];
        seats[ORDERS] = empty(&self.orders);
        seats[INVENTORY] = empty(&self.inventory);
        seats[PAYMENTS] = empty(&self.payments);
        seats[SHIPPING] = self.shipping.file(Rows {
            state: shipping_core::State {
                service_areas: BTreeSet::from([text::<Country>("NO")]),
                ..Default::default()
            },
            tally: Tally::default(),
        });
        seats[ORCHESTRATOR] = empty(&self.orchestrator);
        State {
            seats,
            flight: Bits::EMPTY,
            outbox: Bits::EMPTY,
            inbox: Bits::EMPTY,
            cancels_left: self.scenario.cancels,
            deadlines_left: self.scenario.deadlines,
            rejected: None,
        }
    }

    /// A caller's commands; what they say is published.
    fn call<P: Watched>(
        &self,
        state: &mut State,
        seat: usize,
        desk: &Desk<P>,
        commands: Vec<P::Command>,
    ) {
        let task = Task {
            commands,
            coordination: None,
            may_be_refused: false,
        };
        let before = desk.rows(state.seats[seat]);
        let handled = desk
            .perform(&self.post, &before, &[task], false)
            .unwrap_or_else(|reason| panic!("the opening of {}: {reason}", self.scenario.name));
        state.seats[seat] = handled.local;
        state.flight = state.flight.with(handled.letters);
    }
}

fn empty<P: Watched>(desk: &Desk<P>) -> Local {
    desk.file(Rows {
        state: P::State::default(),
        tally: Tally::default(),
    })
}
