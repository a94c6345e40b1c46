//! What the client asks for: orders decided by the seed, each with the outcomes its data allows.

use crate::system::{NOT_SERVED, SERVED};
use checkers::history::{FundedAccount, OrderLine, Outcome, Place, Setup, StockedSku};
use decider::Coordination;
use messaging::{Entropy, SplitMix};
use orders_contract::{OrderId, Reason};

/// Orders come within this time.
const ARRIVALS_US: u64 = 8_000_000;
/// A change of mind comes about as fast as a saga, so that either side can win.
const CANCEL_US: u64 = 120_000;
/// The first of the early cancels comes so soon after the order, the next ones each so much
/// later: some before the saga is far, in either coordination.
const CANCEL_SOON_US: u64 = 1_500;
/// The first orders are one of each kind in each coordination, and then a few that are
/// cancelled at once: a short run has met all there is.
const EACH_KIND: u64 = 14;
const EACH_END: u64 = 22;

pub struct Plan {
    pub setup: Setup,
    pub orders: Vec<Planned>,
    /// Between placing an order and its deadline.
    pub deadline_ms: i64,
}

#[derive(Clone, Debug)]
pub struct Planned {
    /// The operation that places it; its cancel and its read have the next two numbers.
    pub op: u64,
    pub at_us: u64,
    pub order_id: OrderId,
    pub place: Place,
    pub coordination: Coordination,
    pub cancel_after_us: Option<u64>,
}

impl Plan {
    pub fn new(seed: u64, orders: usize) -> Self {
        let dice = SplitMix::from_seed(seed ^ 0x706c_616e);
        let deadline_ms = 4_000 + dice.below(16_000) as i64;
        Self {
            setup: setup(orders),
            orders: (0..orders as u64)
                .map(|nth| planned(seed, nth, &dice))
                .collect(),
            deadline_ms,
        }
    }
}

const PLENTIFUL: [&str; 3] = ["tea", "coffee", "cocoa"];
const SCARCE: &str = "saffron";
const RICH: [&str; 4] = ["ada", "bob", "cyd", "dan"];
const LEAN: &str = "lee";
const POOR: &str = "pip";
const BLOCKED: &str = "bea";

fn setup(orders: usize) -> Setup {
    let account = |customer: &str, deposited_minor, blocked| FundedAccount {
        customer: customer.to_owned(),
        deposited_minor,
        blocked,
    };
    let sku = |sku: &str, unit_price_minor, received| StockedSku {
        sku: sku.to_owned(),
        unit_price_minor,
        received,
    };
    let mut accounts: Vec<_> = RICH
        .iter()
        .map(|id| account(id, 10_000_000, false))
        .collect();
    accounts.push(account(LEAN, 1_500, false));
    accounts.push(account(POOR, 10, false));
    accounts.push(account(BLOCKED, 10_000_000, true));
    let mut skus: Vec<_> = (PLENTIFUL.iter().zip([300, 500, 700]))
        .map(|(id, price)| sku(id, price, 1_000_000))
        .collect();
    skus.push(sku(SCARCE, 900, 1 + orders as i64 / 16));
    Setup {
        accounts,
        skus,
        ..Setup::default()
    }
}

fn planned(seed: u64, nth: u64, dice: &SplitMix) -> Planned {
    let key = format!("{seed}-{nth}");
    let op = nth * 3;
    let pick = |from: &[&'static str]| from[dice.below(from.len() as u64) as usize];
    let (mut customer, mut sku, mut country) = (pick(&RICH), pick(&PLENTIFUL), pick(&SERVED));
    let mut quantity = 1 + dice.below(3) as i64;
    let refused = |reason: Reason| Outcome::rejected(reason.as_str());
    let mut allowed = vec![Outcome::cancelled(Reason::Deadline.as_str())];
    let drawn = dice.below(100);
    let intent = match nth {
        0..EACH_KIND => nth / 2 * 10,
        EACH_KIND..EACH_END => 99,
        _ => drawn,
    };
    match intent {
        0..10 => {
            (sku, quantity) = (SCARCE, 1);
            allowed.extend([Outcome::confirmed(), refused(Reason::OutOfStock)]);
        }
        10..20 => {
            (customer, sku, quantity) = (LEAN, PLENTIFUL[0], 1);
            allowed.extend([Outcome::confirmed(), refused(Reason::InsufficientFunds)]);
        }
        20..30 => {
            (sku, quantity) = (SCARCE, 1_000);
            allowed.push(refused(Reason::OutOfStock));
        }
        30..40 => {
            customer = POOR;
            allowed.push(refused(Reason::InsufficientFunds));
        }
        40..48 => {
            customer = BLOCKED;
            allowed.push(refused(Reason::AccountBlocked));
        }
        48..55 => {
            country = NOT_SERVED;
            allowed.push(refused(Reason::NotServiceable));
        }
        _plain => allowed.push(Outcome::confirmed()),
    }
    let (changes_mind, after_us) = (dice.below(4) == 0, dice.below(CANCEL_US));
    let cancel_after_us = match nth {
        0..EACH_KIND => None,
        EACH_KIND..EACH_END => Some(CANCEL_SOON_US * (nth - EACH_KIND + 1)),
        _ => changes_mind.then_some(after_us),
    };
    if cancel_after_us.is_some() {
        allowed.push(Outcome::cancelled(Reason::Customer.as_str()));
    }
    let mut lines = vec![OrderLine {
        sku: sku.to_owned(),
        quantity,
    }];
    if dice.below(3) == 0 {
        // Two lines of one SKU are one pick.
        lines.push(OrderLine {
            sku: PLENTIFUL[0].to_owned(),
            quantity: 1,
        });
    }
    let coordination = match nth {
        0..EACH_END => Coordination::ALL[(nth % 2) as usize],
        _ => Coordination::ALL[dice.below(2) as usize],
    };
    Planned {
        op,
        at_us: dice.below(ARRIVALS_US),
        order_id: OrderId(decider::message_id("simulated.order", &key)),
        place: Place {
            key,
            customer: customer.to_owned(),
            lines,
            total_minor: 0,
            country: country.to_owned(),
            postcode: format!("{op:06}"),
            coordination: coordination.as_str().to_owned(),
            allowed,
        },
        coordination,
        cancel_after_us,
    }
}
