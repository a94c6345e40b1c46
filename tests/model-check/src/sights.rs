//! What a model must have come to see, or it has not tested what it says.

use crate::{
    marks::Marks,
    world::{State, World},
};

#[derive(Clone, Copy, Debug)]
pub struct Sight {
    pub name: &'static str,
    pub seen: fn(&World, &State) -> bool,
}

macro_rules! marked {
    ($mark:ident, $name:literal) => {
        pub const $mark: Sight = Sight {
            name: $name,
            seen: |_, state| state.has_mark(Marks::$mark),
        };
    };
}

marked!(CONFIRMED, "an order is confirmed");
marked!(OUT_OF_STOCK, "an order is rejected: out of stock");
marked!(
    INSUFFICIENT_FUNDS,
    "an order is rejected: insufficient funds"
);
marked!(ACCOUNT_BLOCKED, "an order is rejected: account blocked");
marked!(NOT_SERVICEABLE, "an order is rejected: not serviceable");
marked!(
    CANCELLED_BY_CUSTOMER,
    "an order is cancelled by its customer"
);
marked!(
    CANCELLED_BY_DEADLINE,
    "an order is cancelled by its deadline"
);
marked!(
    CANCEL_TOO_LATE,
    "a cancel comes too late and the order is confirmed"
);
marked!(STOCK_RELEASED, "reserved stock is released");
marked!(STOCK_TOMBSTONE, "a release overtakes the reservation");
marked!(STOCK_PASSED_ON, "one order gets what another gave back");
marked!(PAYMENT_RELEASED, "held money is released");
marked!(PAYMENT_TOMBSTONE, "a release overtakes the hold");
marked!(SHIPMENT_TOMBSTONE, "a cancel comes before the shipment");

pub const DUPLICATE: Sight = Sight {
    name: "a message is delivered again after its commit",
    seen: |world, state| world.duplicate_in_flight(state).is_some(),
};

pub const UNPUBLISHED: Sight = Sight {
    name: "a process stops between commit and publish",
    seen: |_, state| !state.outbox.is_empty(),
};

pub const LATE: Sight = Sight {
    name: "a message comes after the compensation",
    seen: |world, state| world.has_late_message(state),
};

/// In whatever model.
pub const ALWAYS_POSSIBLE: [Sight; 3] = [DUPLICATE, UNPUBLISHED, LATE];
