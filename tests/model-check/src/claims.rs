//! What holds in every state, and what holds whenever everything has come to rest.

use crate::{
    marks::Marks,
    rest::{self, Rest},
    world::{State, World},
};

#[derive(Clone, Copy, Debug)]
pub struct Claim {
    pub name: &'static str,
    pub holds: fn(&World, &State) -> bool,
}

pub const MONEY: &str = "money is conserved, on accounts and in the ledger";
pub const STOCK: &str = "stock is conserved";
pub const ONE_EFFECT: &str = "a step takes effect at most once";
pub const NOT_NEGATIVE: &str = "nothing is negative";
pub const NOT_REJECTED: &str = "no message is rejected";
pub const NOT_TOO_SOON: &str = "an order is confirmed after its capture and its dispatch";
pub const ENDED: &str = "at rest, every order has ended";
pub const ALL_EFFECTS: &str = "at rest, confirmed is with every effect";
pub const ALL_UNDONE: &str = "at rest, not confirmed is with every effect undone once";
pub const NOTHING_HELD: &str = "at rest, nothing is held or reserved";
pub const SAGA_DONE: &str = "at rest, every saga is done as its order ended";

pub const ALL: [Claim; 11] = [
    Claim {
        name: MONEY,
        holds: |_, state| !state.has_mark(Marks::MONEY_ASTRAY),
    },
    Claim {
        name: STOCK,
        holds: |_, state| !state.has_mark(Marks::STOCK_ASTRAY),
    },
    Claim {
        name: ONE_EFFECT,
        holds: |_, state| !state.has_mark(Marks::EFFECT_TWICE),
    },
    Claim {
        name: NOT_NEGATIVE,
        holds: |_, state| !state.has_mark(Marks::NEGATIVE),
    },
    Claim {
        name: NOT_REJECTED,
        holds: |_, state| state.rejected.is_none(),
    },
    Claim {
        name: NOT_TOO_SOON,
        holds: |world, state| {
            world.order_ids().all(|order| {
                let whole = state.has_mark(Marks::dispatched(order))
                    && state.has_mark(Marks::captured(order));
                whole || !state.has_mark(Marks::confirmed(order))
            })
        },
    },
    at_rest(ENDED, |world, state| at(world, state, Rest::has_ended)),
    at_rest(ALL_EFFECTS, |world, state| {
        at(world, state, Rest::is_whole_if_confirmed)
    }),
    at_rest(ALL_UNDONE, |world, state| {
        at(world, state, Rest::is_undone_if_not_confirmed)
    }),
    at_rest(NOTHING_HELD, |world, state| {
        !state.is_quiescent() || rest::nothing_is_held(world, state)
    }),
    at_rest(SAGA_DONE, |world, state| {
        at(world, state, Rest::has_saga_done)
    }),
];

const fn at_rest(name: &'static str, holds: fn(&World, &State) -> bool) -> Claim {
    Claim { name, holds }
}

/// Of every order, if the state is one of rest.
fn at(world: &World, state: &State, holds: fn(&Rest) -> bool) -> bool {
    !state.is_quiescent() || rest::orders(world, state).iter().all(holds)
}
