//! The rules of payments.

use crate::{
    command::{Command, Rejection},
    event::Event,
    ledger::{Purse, entries},
    state::{Charge, Deposit, Payment, State},
};
use decider::Decider;
use orders_contract::{CustomerId, OrderFacts, OrderId, Reason};
use uuid::Uuid;

/// On one account, ever. Sums over accounts stay far within 64 bits.
pub const BALANCE_MINOR_MAX: i64 = 1_000_000_000_000_000;

pub struct Payments;

impl Decider for Payments {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Deposit {
                deposit_id,
                customer,
                amount_minor,
            } => deposit(state, *deposit_id, customer, *amount_minor),
            Command::Block { customer } => block(state, customer),
            Command::Hold(facts) => Ok(hold(state, facts)),
            Command::Release { order_id } => release(state, *order_id),
            Command::Capture { order_id } => capture(state, *order_id),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        // The balances are what the ledger says: one definition of where money goes.
        for entry in entries(event) {
            let account = state.accounts.entry(entry.customer).or_default();
            match entry.purse {
                Purse::Funding => {}
                Purse::Available => account.available_minor += entry.amount_minor,
                Purse::Held => account.held_minor += entry.amount_minor,
                Purse::Captured => account.captured_minor += entry.amount_minor,
            }
        }
        match event {
            Event::Deposited {
                deposit_id,
                customer,
                amount_minor,
            } => {
                let deposit = Deposit {
                    customer: customer.clone(),
                    amount_minor: *amount_minor,
                };
                state.deposits.insert(*deposit_id, deposit);
            }
            Event::Blocked { customer } => {
                state.accounts.entry(customer.clone()).or_default().blocked = true;
            }
            Event::Held { facts } => {
                let payment = Payment::Held(charge_of(facts));
                state.payments.insert(facts.order_id, payment);
            }
            Event::Refused {
                order_id, charge, ..
            } => {
                let payment = Payment::Refused(charge.clone());
                state.payments.insert(*order_id, payment);
            }
            Event::Released { order_id, charge } => {
                let payment = Payment::Released(charge.clone());
                state.payments.insert(*order_id, payment);
            }
            Event::Voided { order_id } => {
                state.payments.insert(*order_id, Payment::Voided);
            }
            Event::ReleasedAlready { .. } => {}
            Event::Captured { order_id, charge } => {
                let payment = Payment::Captured(charge.clone());
                state.payments.insert(*order_id, payment);
            }
        }
        state
    }
}

fn deposit(
    state: &State,
    deposit_id: Uuid,
    customer: &CustomerId,
    amount_minor: i64,
) -> Result<Vec<Event>, Rejection> {
    if let Some(deposit) = state.deposits.get(&deposit_id) {
        return if deposit.customer == *customer && deposit.amount_minor == amount_minor {
            Ok(vec![])
        } else {
            Err(Rejection::KeyReused)
        };
    }
    let so_far = state.accounts.get(customer).map_or(0, |account| {
        account.available_minor + account.held_minor + account.captured_minor
    });
    if so_far.saturating_add(amount_minor) > BALANCE_MINOR_MAX {
        return Err(Rejection::TooMuch);
    }
    Ok(vec![Event::Deposited {
        deposit_id,
        customer: customer.clone(),
        amount_minor,
    }])
}

fn block(state: &State, customer: &CustomerId) -> Result<Vec<Event>, Rejection> {
    match state.accounts.get(customer) {
        None => Err(Rejection::UnknownAccount(customer.clone())),
        Some(account) if account.blocked => Ok(vec![]),
        Some(_) => Ok(vec![Event::Blocked {
            customer: customer.clone(),
        }]),
    }
}

fn charge_of(facts: &OrderFacts) -> Charge {
    Charge {
        customer: facts.customer.clone(),
        amount_minor: facts.total_minor,
    }
}

fn hold(state: &State, facts: &OrderFacts) -> Vec<Event> {
    match state.payments.get(&facts.order_id) {
        None => {
            let account = state.accounts.get(&facts.customer);
            let refused = |reason| Event::Refused {
                order_id: facts.order_id,
                charge: charge_of(facts),
                reason,
            };
            vec![if account.is_some_and(|account| account.blocked) {
                refused(Reason::AccountBlocked)
            } else if account.map_or(0, |account| account.available_minor) < facts.total_minor {
                refused(Reason::InsufficientFunds)
            } else {
                Event::Held {
                    facts: facts.clone(),
                }
            }]
        }
        // A duplicate, or too late: the tombstone stands.
        Some(
            Payment::Held(_)
            | Payment::Released(_)
            | Payment::Captured(_)
            | Payment::Refused(_)
            | Payment::Voided,
        ) => vec![],
    }
}

fn release(state: &State, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    match state.payments.get(&order_id) {
        None => Ok(vec![Event::Voided { order_id }]),
        Some(Payment::Held(charge)) => Ok(vec![Event::Released {
            order_id,
            charge: charge.clone(),
        }]),
        Some(Payment::Released(_) | Payment::Refused(_) | Payment::Voided) => {
            Ok(vec![Event::ReleasedAlready { order_id }])
        }
        Some(Payment::Captured(_)) => Err(Rejection::AlreadyCaptured { order_id }),
    }
}

fn capture(state: &State, order_id: OrderId) -> Result<Vec<Event>, Rejection> {
    let found = match state.payments.get(&order_id) {
        Some(Payment::Held(charge)) => {
            return Ok(vec![Event::Captured {
                order_id,
                charge: charge.clone(),
            }]);
        }
        Some(Payment::Captured(_)) => return Ok(vec![]),
        Some(other @ (Payment::Released(_) | Payment::Refused(_) | Payment::Voided)) => {
            other.label()
        }
        None => "not there",
    };
    Err(Rejection::NothingToCapture { order_id, found })
}
