//! S3: an order that is open long after its deadline was asked to stop, whichever process
//! knew of it and has died since.

use super::Inside;
use checkers::{
    Report,
    verdict::{Claim, Examination},
};

pub const CLAIM: Claim = Claim {
    id: "S3",
    title: "no deadline was forgotten",
};

/// A sweep a second, of which a pause, an outage of the database and a clock that is wrong
/// take the longest: eight, three and twice three seconds.
const GRACE_MS: i64 = 20_000;

pub fn check(inside: &Inside) -> Report {
    let mut exam = Examination::of(CLAIM);
    exam.count(inside.orders.len(), "orders");
    for order in &inside.orders {
        if order.open_after_deadline_ms > GRACE_MS && !order.was_asked {
            exam.wrong(
                format!("order {}", order.order_id),
                "events.log",
                "order.cancel_requested by its deadline",
                format!(
                    "open {} ms longer and not asked",
                    order.open_after_deadline_ms
                ),
            );
        }
    }
    exam.finish()
}
