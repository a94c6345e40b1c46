//! Which accidents can follow a commit, and how they are made good.

use crate::{
    action::{Action, Fate},
    ask::Ask,
    bits::Bits,
    scenario::Recovery,
    world::{State, World},
};

impl World {
    pub(crate) fn fates_of_delivery(
        &self,
        state: &State,
        seat: usize,
        letter: usize,
    ) -> &'static [Fate] {
        match self.scenario.recovery {
            // Stopped, then published, is Unacknowledged: both are seen on the way back.
            Recovery::AtOnce => &[Fate::Well, Fate::Stopped],
            Recovery::AnyTime { open_max } if self.open_accidents(state) >= open_max.into() => {
                &[Fate::Well]
            }
            Recovery::AnyTime { .. } => {
                let handled = self.handle(state, seat, Ask::Letter(letter));
                match handled.rows.is_empty() {
                    true => &[Fate::Well, Fate::Unacknowledged],
                    false => &Fate::ALL,
                }
            }
        }
    }

    /// A caller does not wait for a queue: there is nothing to acknowledge.
    pub(crate) fn fates_of_call(&self, state: &State) -> &'static [Fate] {
        match self.scenario.recovery {
            Recovery::AtOnce => &[Fate::Well, Fate::Unpublished],
            Recovery::AnyTime { open_max } if self.open_accidents(state) >= open_max.into() => {
                &[Fate::Well]
            }
            Recovery::AnyTime { .. } => &[Fate::Well, Fate::Unpublished, Fate::Unconfirmed],
        }
    }

    /// Letters that come again, and rows left in an outbox.
    fn open_accidents(&self, state: &State) -> usize {
        let letters = self.post.addresses(state.flight);
        let again = letters
            .iter()
            .filter(|(_, _, slot)| state.inbox.contains(*slot));
        again.count() + state.outbox.len()
    }

    /// What follows an accident, where it is to follow at once.
    pub(crate) fn recovery(&self, state: &State) -> Option<Action> {
        if !state.outbox.is_empty() {
            return Some(Action::Publish(state.outbox));
        }
        let letter = self.duplicate_in_flight(state)?;
        Some(Action::Deliver(letter, Fate::Well))
    }

    /// The first letter that is in flight though its message was handled: of several,
    /// always the same, in whatever order they came to be known.
    pub fn duplicate_in_flight(&self, state: &State) -> Option<usize> {
        let letters = self.post.addresses(state.flight).into_iter();
        let again = letters.filter(|(_, _, slot)| state.inbox.contains(*slot));
        let key = |letter: &usize| {
            let letter = self.post.letter(*letter);
            (letter.seat, letter.row.id, letter.row.body.clone())
        };
        again.map(|(letter, ..)| letter).min_by_key(key)
    }

    /// The same with every accident made good: rows published, copies dropped.
    pub fn recovered(&self, state: &State) -> State {
        let rows = state.outbox.iter().map(|row| self.post.letters_of(row));
        let flight = rows.fold(state.flight, Bits::with);
        let again = self.post.addresses(flight).into_iter();
        let again = again.filter(|(_, _, slot)| state.inbox.contains(*slot));
        State {
            flight: again.fold(flight, |left, (letter, ..)| left.without(Bits::of(letter))),
            outbox: Bits::EMPTY,
            ..*state
        }
    }
}
