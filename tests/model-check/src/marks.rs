//! What can be said of one participant's rows by looking at them alone. Said once,
//! when the rows are first seen, so that asking costs nothing in each of the states.

use uuid::Uuid;

/// The id of the order that a story calls A; the next is B.
pub const FIRST_ORDER: u128 = 0xA;
/// Orders that compete, at most.
pub const ORDERS_MAX: u128 = 3;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u32);

impl Marks {
    // Breaches.
    pub const MONEY_ASTRAY: Marks = Marks(1);
    pub const STOCK_ASTRAY: Marks = Marks(1 << 1);
    pub const EFFECT_TWICE: Marks = Marks(1 << 2);
    pub const NEGATIVE: Marks = Marks(1 << 3);

    // Outcomes.
    pub const CONFIRMED: Marks = Marks(1 << 8);
    pub const OUT_OF_STOCK: Marks = Marks(1 << 9);
    pub const INSUFFICIENT_FUNDS: Marks = Marks(1 << 10);
    pub const ACCOUNT_BLOCKED: Marks = Marks(1 << 11);
    pub const NOT_SERVICEABLE: Marks = Marks(1 << 12);
    pub const CANCELLED_BY_CUSTOMER: Marks = Marks(1 << 13);
    pub const CANCELLED_BY_DEADLINE: Marks = Marks(1 << 14);
    pub const CANCEL_TOO_LATE: Marks = Marks(1 << 15);

    // Compensations.
    pub const STOCK_RELEASED: Marks = Marks(1 << 16);
    pub const STOCK_TOMBSTONE: Marks = Marks(1 << 17);
    pub const PAYMENT_RELEASED: Marks = Marks(1 << 18);
    pub const PAYMENT_TOMBSTONE: Marks = Marks(1 << 19);
    pub const SHIPMENT_TOMBSTONE: Marks = Marks(1 << 20);
    pub const STOCK_PASSED_ON: Marks = Marks(1 << 21);

    /// Of the order with this place among the orders: it is confirmed.
    pub fn confirmed(order: Uuid) -> Marks {
        Self::nth(22, order)
    }

    /// Its stock is dispatched.
    pub fn dispatched(order: Uuid) -> Marks {
        Self::nth(25, order)
    }

    /// Its payment is captured.
    pub fn captured(order: Uuid) -> Marks {
        Self::nth(28, order)
    }

    fn nth(first_bit: u128, order: Uuid) -> Marks {
        let place = order.as_u128() - FIRST_ORDER;
        assert!(
            place < ORDERS_MAX,
            "there are marks for {ORDERS_MAX} orders"
        );
        Marks(1 << (first_bit + place))
    }

    pub const fn has(self, marks: Marks) -> bool {
        self.0 & marks.0 == marks.0
    }

    pub const fn with(self, marks: Marks) -> Marks {
        Marks(self.0 | marks.0)
    }

    pub const fn when(self, holds: bool) -> Marks {
        if holds { self } else { Marks(0) }
    }
}

impl FromIterator<Marks> for Marks {
    fn from_iter<T: IntoIterator<Item = Marks>>(marks: T) -> Self {
        marks.into_iter().fold(Marks::default(), Marks::with)
    }
}
