//! I5: no step of an order was done twice, counting ledger rows and published events, not states.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::state::{EventLog, FinalState, OrderRow};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I5",
    title: "each step took effect at most once",
};

/// Events an order can have only one of. A second one under another id is a second effect.
const EFFECTS: [&str; 13] = [
    "order.placed",
    "order.confirmed",
    "order.rejected",
    "order.cancelled",
    "stock.reserved",
    "stock.rejected",
    "stock.released",
    "stock.dispatched",
    "payment.held",
    "payment.rejected",
    "payment.released",
    "payment.captured",
    "shipment.arranged",
];

pub fn check(state: &FinalState) -> Report {
    let mut exam = Examination::of(CLAIM);
    let orders: BTreeMap<Uuid, &OrderRow> = state
        .orders
        .examine("orders", &mut exam)
        .map(|rows| rows.orders.iter().map(|row| (row.order_id, row)).collect())
        .unwrap_or_default();
    if let Some(rows) = state.inventory.examine("inventory", &mut exam) {
        exam.count(rows.ledger.len(), "stock ledger rows");
        let mut moved: BTreeMap<(Uuid, &str, &str), Vec<i64>> = BTreeMap::new();
        for row in rows.ledger.iter().filter(|row| row.kind != "receipt") {
            moved
                .entry((row.cause, &row.kind, &row.sku))
                .or_default()
                .push(row.quantity);
        }
        for ((order_id, kind, sku), quantities) in moved {
            let Some(order) = orders.get(&order_id) else {
                continue;
            };
            let ordered: i64 = order
                .lines
                .iter()
                .filter(|line| line.sku == sku)
                .map(|line| line.quantity)
                .fold(0, i64::saturating_add);
            let subject = format!("{kind} of {sku} for order {order_id}");
            let place = "inventory.stock_ledger, its quantities";
            exam.expect(subject, place, list(&[ordered]), list(&quantities));
        }
    }
    if let Some(rows) = state.payments.examine("payments", &mut exam) {
        exam.count(rows.ledger.len(), "ledger rows");
        let mut moved: BTreeMap<(Uuid, &str), Vec<i64>> = BTreeMap::new();
        for row in rows.ledger.iter().filter(|row| row.kind != "deposit") {
            moved
                .entry((row.cause, &row.kind))
                .or_default()
                .push(row.amount_minor);
        }
        for ((order_id, kind), mut amounts) in moved {
            let Some(order) = orders.get(&order_id) else {
                continue;
            };
            amounts.sort_unstable();
            let once = [order.total_minor.saturating_neg(), order.total_minor];
            let subject = format!("{kind} for order {order_id}");
            exam.expect(
                subject,
                "payments.ledger, its amounts",
                list(&once),
                list(&amounts),
            );
        }
    }
    if let Some(log) = state.log.examine("events.log", &mut exam) {
        exam.count(log.entries.len(), "published events");
        one_id_per_effect(log, &mut exam);
    }
    exam.finish()
}

/// The same id again is a publication repeated, which subscribers drop; another id is not.
fn one_id_per_effect(log: &EventLog, exam: &mut Examination) {
    let mut ids: BTreeMap<(Uuid, &str), BTreeSet<Uuid>> = BTreeMap::new();
    for entry in &log.entries {
        if let Some(order_id) = entry.order_id
            && EFFECTS.contains(&entry.kind.as_str())
        {
            ids.entry((order_id, &entry.kind))
                .or_default()
                .insert(entry.message_id);
        }
    }
    for ((order_id, kind), ids) in ids {
        exam.expect(
            format!("{kind} of order {order_id}"),
            "events.log, message ids",
            1,
            ids.len(),
        );
    }
}

fn list(numbers: &[i64]) -> String {
    numbers
        .iter()
        .map(i64::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn effects_done_once_are_valid() {
        assert_eq!(check(&example::run().state).verdict, Verdict::Valid);
    }

    #[test]
    fn a_second_hold_is_named() {
        let mut run = example::run();
        let payments = example::payments(&mut run);
        let again: Vec<_> = payments
            .ledger
            .iter()
            .filter(|row| row.kind == "hold")
            .take(2)
            .cloned()
            .collect();
        payments.ledger.extend(again.clone());
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        assert_eq!(
            evidence[0].subject,
            format!("hold for order {}", again[0].cause)
        );
    }

    #[test]
    fn an_effect_published_under_two_ids_is_invalid_and_a_repetition_is_not() {
        let mut run = example::run();
        let log = example::log(&mut run);
        let mut again = log.entries[0].clone();
        log.entries.push(again.clone());
        assert_eq!(check(&run.state).verdict, Verdict::Valid);
        again.message_id = Uuid::from_u128(0xbeef);
        example::log(&mut run).entries.push(again);
        assert_eq!(check(&run.state).verdict.label(), "invalid");
    }

    #[test]
    fn ledgers_that_were_not_read_are_unknown() {
        assert_eq!(check(&FinalState::default()).verdict.label(), "unknown");
    }

    #[test]
    fn stock_that_was_taken_twice_is_named() {
        let mut run = example::run();
        let inventory = example::inventory(&mut run);
        let reserved = |row: &&crate::state::StockLedgerRow| row.kind == "reserve";
        let again = inventory.ledger.iter().find(reserved).cloned();
        let again = again.expect("a reservation");
        inventory.ledger.push(again.clone());
        let Verdict::Invalid(evidence) = check(&run.state).verdict else {
            panic!("must be invalid")
        };
        let subject = format!("reserve of {} for order {}", again.sku, again.cause);
        assert_eq!(evidence[0].subject, subject);
        assert_eq!(evidence[0].found, "2 2");
    }
}
