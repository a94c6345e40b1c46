//! The read model's row, and how events make it. Pure: the same events give the same
//! row in whichever order and however often they come.

use decider::Coordination;
use orders_contract::{OrderEvent, OrderFacts, OrderId, Reason, Status};
use std::collections::BTreeMap;

/// What a batch of events says of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glimpse {
    pub version: i64,
    pub status: Status,
    pub reason: Option<Reason>,
    pub coordination: Coordination,
    /// Known from its placement alone.
    pub placed: Option<(OrderFacts, i64)>,
}

impl From<OrderEvent> for Glimpse {
    fn from(event: OrderEvent) -> Self {
        match event {
            OrderEvent::Placed {
                facts,
                version,
                coordination,
                placed_at_ms,
            } => Self {
                version,
                status: Status::Placed,
                reason: None,
                coordination,
                placed: Some((facts, placed_at_ms)),
            },
            // Asked for, not decided: the order is still placed.
            OrderEvent::CancelRequested {
                version,
                coordination,
                ..
            } => Self::ended(version, Status::Placed, None, coordination),
            OrderEvent::Confirmed {
                version,
                coordination,
                ..
            } => Self::ended(version, Status::Confirmed, None, coordination),
            OrderEvent::Rejected {
                reason,
                version,
                coordination,
                ..
            } => Self::ended(version, Status::Rejected, Some(reason), coordination),
            OrderEvent::Cancelled {
                reason,
                version,
                coordination,
                ..
            } => Self::ended(version, Status::Cancelled, Some(reason), coordination),
        }
    }
}

impl Glimpse {
    fn ended(
        version: i64,
        status: Status,
        reason: Option<Reason>,
        coordination: Coordination,
    ) -> Self {
        Self {
            version,
            status,
            reason,
            coordination,
            placed: None,
        }
    }

    /// The later version wins; the placement is kept from whichever has it.
    pub fn merge(self, other: Self) -> Self {
        let (mut later, earlier) = if other.version > self.version {
            (other, self)
        } else {
            (self, other)
        };
        later.placed = later.placed.or(earlier.placed);
        later
    }
}

/// One glimpse an order, in key order.
pub fn fold(events: impl IntoIterator<Item = OrderEvent>) -> BTreeMap<OrderId, Glimpse> {
    let mut glimpses: BTreeMap<OrderId, Glimpse> = BTreeMap::new();
    for event in events {
        let order_id = event.order_id();
        let glimpse = Glimpse::from(event);
        let merged = match glimpses.remove(&order_id) {
            Some(known) => known.merge(glimpse),
            None => glimpse,
        };
        glimpses.insert(order_id, merged);
    }
    glimpses
}

#[cfg(test)]
mod tests {
    use super::*;
    use orders_contract::{Country, CustomerId, Postcode, ShipTo};
    use uuid::Uuid;

    const ORDER: OrderId = OrderId(Uuid::from_u128(1));
    const COORDINATION: Coordination = Coordination::Choreography;

    fn history() -> Vec<OrderEvent> {
        let placed = OrderEvent::Placed {
            facts: OrderFacts {
                order_id: ORDER,
                customer: CustomerId::try_from("ada".to_owned()).unwrap(),
                lines: vec![],
                total_minor: 7,
                ship_to: ShipTo {
                    country: Country::try_from("NO".to_owned()).unwrap(),
                    postcode: Postcode::try_from("0150".to_owned()).unwrap(),
                },
            },
            version: 1,
            coordination: COORDINATION,
            placed_at_ms: 5,
        };
        let requested = OrderEvent::CancelRequested {
            order_id: ORDER,
            reason: Reason::Customer,
            attempt: 1,
            version: 2,
            coordination: COORDINATION,
        };
        let cancelled = OrderEvent::Cancelled {
            order_id: ORDER,
            reason: Reason::Customer,
            version: 3,
            coordination: COORDINATION,
        };
        vec![placed, requested, cancelled]
    }

    #[test]
    fn any_order_and_any_repetition_of_the_events_give_the_same_row() {
        let expected = fold(history());
        let [a, b, c] = [0, 1, 2].map(|at| history()[at].clone());
        for shuffled in [
            vec![c.clone(), b.clone(), a.clone()],
            vec![b.clone(), c.clone(), a.clone(), b.clone()],
            vec![a.clone(), c.clone(), a, b, c],
        ] {
            assert_eq!(fold(shuffled), expected);
        }
        assert_eq!(expected[&ORDER].status, Status::Cancelled);
        assert!(expected[&ORDER].placed.is_some());
    }
}
