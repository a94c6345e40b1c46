//! Payments: money is conserved, on the accounts and in the ledger.

use super::{Watched, list};
use crate::{marks::Marks, tally::Tally};
use orders_contract::{CustomerId, OrderId};
use payments_core::{
    Account, Event, Payment, Payments, State,
    ledger::{self, Entry, Purse},
};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Watched for Payments {
    fn effect_on(event: &Event) -> Option<Uuid> {
        match event {
            Event::Held { facts } => Some(facts.order_id.0),
            Event::Refused { order_id, .. }
            | Event::Released { order_id, .. }
            | Event::Voided { order_id }
            | Event::ReleasedAlready { order_id }
            | Event::Captured { order_id, .. } => Some(order_id.0),
            Event::Deposited { .. } | Event::Blocked { .. } => None,
        }
    }

    fn entries(event: &Event) -> Vec<Entry> {
        ledger::entries(event)
    }

    fn marks(state: &State, tally: &Tally) -> Marks {
        let twice = tally.has_effect_twice(&["payment.released", "payment.captured"])
            || tally.has_effect_twice(&["payment.held", "payment.rejected", "payment.voided"])
            || tally.ledger.values().any(|booked| booked.times > 1);
        let any = |is: fn(&Payment) -> bool| state.payments.values().any(is);
        let astray = state
            .accounts
            .iter()
            .any(|(customer, account)| is_astray(state, tally, customer, account));
        let negative = |a: &Account| {
            a.available_minor
                .min(a.held_minor)
                .min(a.captured_minor)
                .min(a.refunded_minor)
                < 0
        };
        [
            Marks::EFFECT_TWICE.when(twice),
            Marks::MONEY_ASTRAY.when(astray || !sums_to_zero(tally)),
            Marks::NEGATIVE.when(state.accounts.values().any(negative)),
            Marks::PAYMENT_RELEASED.when(any(|p| matches!(p, Payment::Released(_)))),
            Marks::PAYMENT_TOMBSTONE.when(any(|p| matches!(p, Payment::Voided))),
        ]
        .into_iter()
        .chain(state.payments.iter().map(|(order, payment)| {
            Marks::captured(order.0).when(matches!(payment, Payment::Captured(_)))
        }))
        .collect()
    }

    fn is_undone(state: &State, order: Uuid) -> bool {
        matches!(
            state.payments.get(&OrderId(order)),
            Some(Payment::Released(_) | Payment::Voided)
        )
    }

    fn picture(state: &State) -> String {
        let accounts = state.accounts.iter().map(|(customer, account)| {
            let Account { available_minor, held_minor, captured_minor, .. } = account;
            format!(
                "{customer} {available_minor} available, {held_minor} held, {captured_minor} captured"
            )
        });
        let payments = state.payments.iter().map(|(order, p)| (order.0, p.label()));
        let mut words: Vec<_> = accounts.collect();
        words.push(list(payments));
        words.retain(|word| !word.is_empty());
        words.join("; ")
    }
}

/// The account holds what came in, it is what the ledger adds up to, and what is held or
/// captured is so for the orders that say it.
fn is_astray(state: &State, tally: &Tally, customer: &CustomerId, account: &Account) -> bool {
    let deposited: i64 = (state.deposits.values())
        .filter(|deposit| deposit.customer == *customer)
        .map(|deposit| deposit.amount_minor)
        .sum();
    let booked = |purse: Purse| -> i64 {
        (tally.ledger.iter())
            .filter(|((_, _, p), booked)| {
                *p == purse.as_str() && booked.customer == customer.as_str()
            })
            .map(|(_, booked)| booked.amount_minor)
            .sum()
    };
    let charged = |is: fn(&Payment) -> bool| -> i64 {
        (state.payments.values())
            .filter(|payment| is(payment))
            .filter_map(Payment::charge)
            .filter(|charge| charge.customer == *customer)
            .map(|charge| charge.amount_minor)
            .sum()
    };
    account.available_minor + account.held_minor + account.captured_minor - account.refunded_minor
        != deposited
        || booked(Purse::Funding) != -deposited
        || booked(Purse::Available) != account.available_minor
        || booked(Purse::Held) != account.held_minor
        || booked(Purse::Captured) != account.captured_minor
        || account.held_minor != charged(|p| matches!(p, Payment::Held(_)))
        || account.captured_minor != charged(|p| matches!(p, Payment::Captured(_)))
}

/// Every (cause, kind) of the ledger.
fn sums_to_zero(tally: &Tally) -> bool {
    let mut sums: BTreeMap<(Uuid, &str), i64> = BTreeMap::new();
    for ((cause, kind, _), booked) in &tally.ledger {
        *sums.entry((*cause, *kind)).or_default() += booked.amount_minor;
    }
    sums.values().all(|sum| *sum == 0)
}
