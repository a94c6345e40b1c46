//! A path, told: who received what, what it decided, what it says to whom, the state
//! after.

use crate::{
    action::{Action, Fate},
    ask::{Ask, Handled},
    bits::Bits,
    carelessness::Slip,
    desk::{Desk, Local},
    post::{INVENTORY, ORCHESTRATOR, ORDERS, PAYMENTS, SEATS, SHIPPING},
    watched::{Watched, name},
    world::{State, World},
};
use stateright::Model;
use std::sync::Arc;
use uuid::Uuid;

impl World {
    /// The steps from the first state, a paragraph each.
    pub fn story(&self, steps: &[Action]) -> String {
        let mut state = self.opening();
        let mut told = format!("  0. the orders are placed\n{}", self.after(&state));
        for (number, step) in steps.iter().enumerate() {
            told += &format!("{:3}. {}\n", number + 1, self.describe(*step));
            told += &self.deeds(&state, *step);
            if let Some(next) = self.next_state(&state, *step) {
                state = next;
            }
            told += &self.after(&state);
        }
        told
    }

    /// Who received what.
    pub(crate) fn describe(&self, action: Action) -> String {
        match action {
            Action::Deliver(letter, fate) => {
                format!("{}{}", self.receives(letter), aftermath(fate))
            }
            Action::Publish(rows) => {
                let rows: Vec<_> = rows.iter().map(|row| self.row(row)).collect();
                format!("the relay publishes {}", rows.join(", "))
            }
            Action::Cancel(order, fate) => {
                format!("the customer cancels {}{}", name(order), aftermath(fate))
            }
            Action::Deadline(order, fate) => {
                format!("the deadline of {} comes{}", name(order), aftermath(fate))
            }
            Action::Slip(Slip::Lost(letter)) => format!(
                "{}, acknowledges it, and stops before it commits",
                self.receives(letter)
            ),
            Action::Slip(Slip::Noted(letter)) => format!(
                "{}, commits the inbox row, and stops before the effect",
                self.receives(letter)
            ),
            Action::Slip(Slip::Raced(one, other)) => format!(
                "{}, and another instance at the same time {}",
                self.receives(one),
                self.row_of_letter(other)
            ),
        }
    }

    /// What a step decides and what is then, for the explorer.
    pub(crate) fn outcome(&self, state: &State, action: Action) -> Option<String> {
        let after = self.next_state(state, action)?;
        Some(self.deeds(state, action) + &self.after(&after))
    }

    fn deeds(&self, before: &State, action: Action) -> String {
        let Some(handled) = self.handled_in(before, action) else {
            return match action {
                Action::Deliver(..) => "       finds it in its inbox\n".to_owned(),
                _ => String::new(),
            };
        };
        let mut told = match &handled.rejected {
            Some(reason) => format!("       rejects    {}\n", self.with_names(reason)),
            None if handled.events.is_empty() => "       decides    nothing\n".to_owned(),
            None => format!("       decides    {}\n", handled.events.join(", ")),
        };
        if !handled.rows.is_empty() {
            told += &format!("       says       {}\n", self.said(&handled));
        }
        told
    }

    /// What was decided; nothing if the message is known, or nobody was asked.
    fn handled_in(&self, before: &State, action: Action) -> Option<Arc<Handled>> {
        match action {
            Action::Deliver(letter, _) => {
                let address = self.post.letter(letter);
                (!self.knows(before, address.slot))
                    .then(|| self.handle(before, address.seat, Ask::Letter(letter)))
            }
            Action::Cancel(order, _) => Some(self.handle(before, ORDERS, Ask::Cancel(order))),
            Action::Deadline(order, _) => Some(self.handle(before, ORDERS, Ask::Deadline(order))),
            Action::Slip(Slip::Raced(one, other)) => {
                let seat = self.post.letter(one).seat;
                Some(self.handle(before, seat, Ask::Race(one, other)))
            }
            Action::Publish(_) | Action::Slip(Slip::Lost(_) | Slip::Noted(_)) => None,
        }
    }

    fn after(&self, state: &State) -> String {
        let mut told = String::new();
        let pictures = [
            picture(&self.orders, state.seats[ORDERS]),
            picture(&self.inventory, state.seats[INVENTORY]),
            picture(&self.payments, state.seats[PAYMENTS]),
            picture(&self.shipping, state.seats[SHIPPING]),
            picture(&self.orchestrator, state.seats[ORCHESTRATOR]),
        ];
        for (seat, picture) in SEATS.iter().zip(pictures) {
            if !picture.is_empty() {
                told += &format!("       {seat:<12} | {picture}\n");
            }
        }
        let flight: Vec<_> = state
            .flight
            .iter()
            .map(|letter| self.letter(state, letter))
            .collect();
        if !flight.is_empty() {
            told += &format!("       in flight    | {}\n", flight.join(", "));
        }
        let outbox: Vec<_> = state.outbox.iter().map(|row| self.row(row)).collect();
        if !outbox.is_empty() {
            told += &format!("       in an outbox | {}\n", outbox.join(", "));
        }
        told
    }

    fn receives(&self, letter: usize) -> String {
        let seat = SEATS[self.post.letter(letter).seat];
        format!("{seat} receives {}", self.row_of_letter(letter))
    }

    fn row_of_letter(&self, letter: usize) -> String {
        let row = self.post.letter(letter).row;
        said_of(row.kind, row.order)
    }

    fn row(&self, row: usize) -> String {
        let row = self.post.row(row);
        said_of(row.kind, row.order)
    }

    fn letter(&self, state: &State, letter: usize) -> String {
        let address = self.post.letter(letter);
        let again = if state.inbox.contains(address.slot) {
            ", again"
        } else {
            ""
        };
        format!(
            "{} -> {}{again}",
            self.row_of_letter(letter),
            SEATS[address.seat]
        )
    }

    fn said(&self, handled: &Handled) -> String {
        let row = |row: usize| {
            let heard: Bits = self.post.letters_of(row);
            let seats: Vec<_> = heard
                .iter()
                .map(|l| SEATS[self.post.letter(l).seat])
                .collect();
            match seats.is_empty() {
                true => format!("{} to the log", self.row(row)),
                false => format!("{} to {}", self.row(row), seats.join(" and ")),
            }
        };
        handled.rows.iter().map(row).collect::<Vec<_>>().join(", ")
    }

    fn with_names(&self, text: &str) -> String {
        self.order_ids().fold(text.to_owned(), |text, order| {
            text.replace(&order.to_string(), &name(order))
        })
    }
}

fn said_of(kind: &str, order: Option<Uuid>) -> String {
    order.map_or_else(
        || kind.to_owned(),
        |order| format!("{kind} of {}", name(order)),
    )
}

fn aftermath(fate: Fate) -> &'static str {
    match fate {
        Fate::Well => "",
        Fate::Unacknowledged => "; it commits, and the acknowledgement is lost",
        Fate::Unpublished => "; it commits, and does not publish",
        Fate::Unconfirmed => "; it commits and publishes, and the confirm is lost",
        Fate::Stopped => "; it commits and stops before it publishes or acknowledges",
    }
}

fn picture<P: Watched>(desk: &Desk<P>, local: Local) -> String {
    P::picture(&desk.rows(local).state)
}
