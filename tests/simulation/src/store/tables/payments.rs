//! Payments: accounts, payments, deposits, and the double-entry ledger.

use super::{Key, Tables, new_keys, rows, write};
use orders_contract::{CustomerId, OrderId};
use payments_core::{
    Command, Event, Payments, State,
    ledger::{Entry, entries},
};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct PaymentsTables {
    pub state: State,
    /// By cause, kind and purse.
    pub ledger: BTreeMap<(Uuid, &'static str, &'static str), Entry>,
}

const ACCOUNTS: &str = "accounts";
const PAYMENTS: &str = "payments";
const DEPOSITS: &str = "deposits";

impl Tables<Payments> for PaymentsTables {
    fn load(&self, commands: &[Command]) -> (State, Vec<Key>) {
        let ids: Vec<OrderId> = commands.iter().filter_map(Command::order_id).collect();
        let payments = rows(&self.state.payments, &ids);
        let deposits = commands.iter().filter_map(|command| match command {
            Command::Deposit { deposit_id, .. } => Some(deposit_id),
            Command::Block { .. }
            | Command::Hold(_)
            | Command::Release { .. }
            | Command::Capture { .. } => None,
        });
        let deposits = rows(&self.state.deposits, deposits);
        let named = commands.iter().filter_map(|command| match command {
            Command::Deposit { customer, .. } | Command::Block { customer } => Some(customer),
            Command::Hold(facts) => Some(&facts.customer),
            Command::Release { .. } | Command::Capture { .. } => None,
        });
        let charged = (payments.values())
            .filter_map(|payment| payment.charge().map(|charge| &charge.customer));
        let accounts = rows(&self.state.accounts, named.chain(charged));
        let locked = payments.keys().map(|id| Key::Id(PAYMENTS, id.0));
        let purses = (accounts.keys()).map(|id| Key::Name(ACCOUNTS, id.to_string()));
        let locked = locked.chain(purses).collect();
        let state = State {
            accounts,
            payments,
            deposits,
        };
        (state, locked)
    }

    fn inserted(before: &State, after: &State, events: &[Event]) -> Vec<Key> {
        let mut keys = new_keys(&before.accounts, &after.accounts, |id| {
            Key::Name(ACCOUNTS, id.to_string())
        });
        keys.extend(new_keys(&before.payments, &after.payments, |id| {
            Key::Id(PAYMENTS, id.0)
        }));
        keys.extend(new_keys(&before.deposits, &after.deposits, |id| {
            Key::Id(DEPOSITS, *id)
        }));
        let entries = events.iter().flat_map(entries);
        keys.extend(
            entries
                .map(|entry| Key::Entry(entry.kind, entry.cause, entry.purse.as_str().to_owned())),
        );
        keys
    }

    fn has(&self, key: &Key) -> bool {
        match key {
            Key::Id(PAYMENTS, id) => self.state.payments.contains_key(&OrderId(*id)),
            Key::Id(_, id) => self.state.deposits.contains_key(id),
            Key::Name(_, customer) => CustomerId::try_from(customer.clone())
                .is_ok_and(|customer| self.state.accounts.contains_key(&customer)),
            Key::Entry(kind, cause, purse) => (self.ledger.range((*cause, "", "")..))
                .take_while(|((id, _, _), _)| id == cause)
                .any(|((_, of, at), _)| of == kind && at == purse),
        }
    }

    fn save(&mut self, before: &State, after: &State, events: &[Event]) {
        write(&mut self.state.accounts, &before.accounts, &after.accounts);
        write(&mut self.state.payments, &before.payments, &after.payments);
        write(&mut self.state.deposits, &before.deposits, &after.deposits);
        for entry in events.iter().flat_map(entries) {
            let key = (entry.cause, entry.kind, entry.purse.as_str());
            self.ledger.insert(key, entry);
        }
    }
}
