//! The models: who competes for what, which accidents are possible, what must be seen.

use crate::{
    carelessness::Carelessness,
    sights::{self, Sight},
};
use decider::Coordination;

/// When what an accident left behind is made good: see the crate's doc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// At any later time, mixed with everything else; at most so many accidents are
    /// open at a time.
    AnyTime { open_max: u8 },
    /// As the next step: the reduction.
    AtOnce,
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: String,
    pub about: &'static str,
    pub coordination: Coordination,
    /// Of the second order, if there is one.
    pub coordination_of_rival: Coordination,
    pub orders: u8,
    /// Units in stock; an order takes one.
    pub stock: i64,
    /// Orders that the balance pays for.
    pub balance: i64,
    pub is_blocked: bool,
    pub country: &'static str,
    /// Cancels by customers, in all.
    pub cancels: u8,
    /// Deadlines that come, in all.
    pub deadlines: u8,
    pub recovery: Recovery,
    pub carelessness: Carelessness,
    pub sights: Vec<Sight>,
}

impl Scenario {
    fn of(name: &str, about: &'static str, coordination: Coordination, sights: &[Sight]) -> Self {
        Self {
            name: format!("{name}-{coordination}"),
            about,
            coordination,
            coordination_of_rival: coordination,
            orders: 1,
            stock: 1,
            balance: 1,
            is_blocked: false,
            country: "NO",
            cancels: 1,
            deadlines: 1,
            recovery: Recovery::AnyTime { open_max: 1 },
            carelessness: Carelessness::None,
            sights: [&sights::ALWAYS_POSSIBLE, sights].concat(),
        }
    }

    /// The same with a mistake in the pipeline.
    pub fn careless(mut self, carelessness: Carelessness) -> Self {
        // The reduction rests on the inbox.
        if self.recovery == Recovery::AtOnce && carelessness == Carelessness::NoInbox {
            self.recovery = Recovery::AnyTime { open_max: 1 };
        }
        Self {
            carelessness,
            ..self
        }
    }

    pub fn find(name: &str) -> Option<Self> {
        all().into_iter().find(|scenario| scenario.name == name)
    }
}

/// All of them, the smallest first.
pub fn all() -> Vec<Scenario> {
    let each: [fn(Coordination) -> Scenario; 7] = [
        pivot,
        out_of_stock,
        insufficient_funds,
        account_blocked,
        not_serviceable,
        repeated_deadline,
        competition,
    ];
    each.iter()
        .flat_map(|scenario| Coordination::ALL.map(scenario))
        .chain([mixed_competition()])
        .collect()
}

/// The race that the pivot decides, and nothing besides.
pub fn pivot(coordination: Coordination) -> Scenario {
    Scenario {
        deadlines: 0,
        recovery: Recovery::AnyTime { open_max: 2 },
        ..Scenario::of(
            "pivot",
            "a customer's cancel against the arranging of the shipment",
            coordination,
            &[
                sights::CONFIRMED,
                sights::CANCELLED_BY_CUSTOMER,
                sights::CANCEL_TOO_LATE,
                sights::SHIPMENT_TOMBSTONE,
            ],
        )
    }
}

pub fn out_of_stock(coordination: Coordination) -> Scenario {
    Scenario {
        stock: 0,
        ..Scenario::of(
            "out-of-stock",
            "inventory refuses",
            coordination,
            &[sights::OUT_OF_STOCK],
        )
    }
}

pub fn insufficient_funds(coordination: Coordination) -> Scenario {
    Scenario {
        balance: 0,
        ..Scenario::of(
            "insufficient-funds",
            "payments refuses, the reservation is undone",
            coordination,
            &[sights::INSUFFICIENT_FUNDS, sights::STOCK_RELEASED],
        )
    }
}

pub fn account_blocked(coordination: Coordination) -> Scenario {
    Scenario {
        is_blocked: true,
        ..Scenario::of(
            "account-blocked",
            "payments refuses, the reservation is undone",
            coordination,
            &[sights::ACCOUNT_BLOCKED, sights::STOCK_RELEASED],
        )
    }
}

pub fn not_serviceable(coordination: Coordination) -> Scenario {
    Scenario {
        country: "AQ",
        ..Scenario::of(
            "not-serviceable",
            "shipping refuses, hold and reservation are undone",
            coordination,
            &[
                sights::NOT_SERVICEABLE,
                sights::STOCK_RELEASED,
                sights::PAYMENT_RELEASED,
            ],
        )
    }
}

pub fn repeated_deadline(coordination: Coordination) -> Scenario {
    Scenario {
        cancels: 0,
        deadlines: 3,
        ..Scenario::of(
            "repeated-deadline",
            "the deadline comes three times",
            coordination,
            &[
                sights::CONFIRMED,
                sights::CANCELLED_BY_DEADLINE,
                sights::CANCEL_TOO_LATE,
            ],
        )
    }
}

pub fn competition(coordination: Coordination) -> Scenario {
    Scenario {
        orders: 2,
        recovery: Recovery::AtOnce,
        ..Scenario::of(
            "competition",
            "two orders, one unit of stock, one balance; a cancel and a deadline",
            coordination,
            &[
                sights::CONFIRMED,
                sights::OUT_OF_STOCK,
                sights::INSUFFICIENT_FUNDS,
                sights::CANCELLED_BY_CUSTOMER,
                sights::CANCELLED_BY_DEADLINE,
                sights::CANCEL_TOO_LATE,
                sights::STOCK_RELEASED,
                sights::STOCK_TOMBSTONE,
                sights::STOCK_PASSED_ON,
                sights::PAYMENT_RELEASED,
                sights::PAYMENT_TOMBSTONE,
                sights::SHIPMENT_TOMBSTONE,
            ],
        )
    }
}

/// As in production: the orders of both coordinations meet at the same stock.
pub fn mixed_competition() -> Scenario {
    Scenario {
        name: "competition-mixed".to_owned(),
        about: "the same, one order choreographed and the other orchestrated",
        coordination_of_rival: Coordination::Orchestration,
        ..competition(Coordination::Choreography)
    }
}
