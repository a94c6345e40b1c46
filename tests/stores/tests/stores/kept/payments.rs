//! Payments: accounts, payments, deposits, and the double-entry ledger.

use super::{Kept, named};
use crate::world::{any_customer, any_key, any_order, customers, facts, key, order_id};
use payments::tables::PaymentsTables;
use payments_core::{Command, Payments, State};
use proptest::prelude::*;
use simulation::store::tables;
use sqlx::migrate::Migrator;
use std::collections::{BTreeMap, BTreeSet};

impl Kept for Payments {
    type Sql = PaymentsTables;
    type Likeness = tables::payments::PaymentsTables;

    const SERVICE: &'static str = "payments";
    const SQL: PaymentsTables = PaymentsTables;
    const LEDGER: Option<&'static str> =
        Some("select concat_ws(' ', cause, kind, account, customer, amount_minor) from ledger");

    fn migrations() -> Migrator {
        payments::migrations()
    }

    /// Deposits are of two sizes, so that a key comes back with another request, and the
    /// smaller pays for one order only.
    fn command() -> BoxedStrategy<Command> {
        let deposit = (
            any_key(),
            any_customer(),
            prop::sample::select(vec![500, 900]),
        )
            .prop_map(|(n, customer, amount_minor)| Command::Deposit {
                deposit_id: key(n),
                customer,
                amount_minor,
            });
        let order_id = || any_order().prop_map(order_id);
        prop_oneof![
            3 => deposit,
            1 => any_customer().prop_map(|customer| Command::Block { customer }),
            4 => any_order().prop_map(|n| Command::Hold(facts(n))),
            2 => order_id().prop_map(|order_id| Command::Release { order_id }),
            2 => order_id().prop_map(|order_id| Command::Capture { order_id }),
        ]
        .boxed()
    }

    fn everything() -> Vec<Command> {
        let orders = crate::world::ORDERS.map(|n| Command::Release {
            order_id: order_id(n),
        });
        let accounts = customers().map(|customer| Command::Block { customer });
        let deposits = crate::world::KEYS.flat_map(|n| {
            customers().take(1).map(move |customer| Command::Deposit {
                deposit_id: key(n),
                customer,
                amount_minor: 1,
            })
        });
        orders.chain(accounts).chain(deposits).collect()
    }

    fn rows(state: &State) -> BTreeMap<String, String> {
        named("account", &state.accounts)
            .chain(named("payment", &state.payments))
            .chain(named("deposit", &state.deposits))
            .collect()
    }

    fn leads_to(state: &State) -> BTreeMap<String, BTreeSet<String>> {
        let charges =
            (state.payments.iter()).filter_map(|(id, payment)| Some((id, payment.charge()?)));
        charges
            .map(|(id, charge)| {
                let account = format!("account {:?}", charge.customer);
                (format!("payment {id:?}"), BTreeSet::from([account]))
            })
            .collect()
    }

    fn ledger(likeness: &Self::Likeness) -> BTreeSet<String> {
        (likeness.ledger.values())
            .map(|entry| {
                let (cause, kind, purse) = (entry.cause, entry.kind, entry.purse.as_str());
                let (customer, amount) = (&entry.customer, entry.amount_minor);
                format!("{cause} {kind} {purse} {customer} {amount}")
            })
            .collect()
    }

    fn say(command: &Command) -> String {
        match command {
            Command::Deposit {
                deposit_id,
                customer,
                amount_minor,
            } => format!(
                "deposit {amount_minor} for {customer}, key {}",
                deposit_id.as_u128() & 0xff
            ),
            Command::Block { customer } => format!("block {customer}"),
            Command::Hold(facts) => format!("hold {}", super::order(facts.order_id)),
            Command::Release { order_id } => format!("release {}", super::order(*order_id)),
            Command::Capture { order_id } => format!("capture {}", super::order(*order_id)),
        }
    }
}
