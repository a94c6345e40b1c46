//! Mistakes that a pipeline can make. The models are checked with none; the tests plant
//! one after the other, to see that the claims bite and how a counterexample reads.

use crate::{
    action::{Action, Fate},
    ask::Ask,
    bits::Bits,
    world::{State, World},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Carelessness {
    #[value(skip)]
    None,
    /// The message is acknowledged first: a stop before the commit loses it.
    AckBeforeCommit,
    /// Nothing is kept of what is to be published: a stop after the commit loses it.
    NoOutbox,
    /// The inbox has a transaction of its own, before the effect's.
    InboxApart,
    /// Nobody asks whether a message was handled before.
    NoInbox,
    /// Two instances decide on the same rows, and neither sees the other.
    NoRowLocks,
}

/// What a careless pipeline lets happen besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Acknowledged, and the process stops before it commits.
    Lost(usize),
    /// The inbox row is committed, and the process stops before the effect.
    Noted(usize),
    /// Two instances handle two letters at once.
    Raced(usize, usize),
}

impl World {
    /// The slips that are possible with `letter`, a first copy.
    pub(crate) fn slips(&self, state: &State, letter: usize, actions: &mut Vec<Action>) {
        match self.scenario.carelessness {
            Carelessness::None | Carelessness::NoOutbox | Carelessness::NoInbox => {}
            Carelessness::AckBeforeCommit => actions.push(Action::Slip(Slip::Lost(letter))),
            Carelessness::InboxApart => actions.push(Action::Slip(Slip::Noted(letter))),
            Carelessness::NoRowLocks => {
                let (seat, _) = self.post.address(letter);
                let letters = self.post.addresses(state.flight).into_iter();
                let rivals = letters.filter(|(other, at, slot)| {
                    *other > letter && *at == seat && !state.inbox.contains(*slot)
                });
                actions.extend(rivals.map(|(other, ..)| Action::Slip(Slip::Raced(letter, other))));
            }
        }
    }

    pub(crate) fn slip(&self, state: &State, slip: Slip) -> State {
        let mut next = *state;
        let slot_of = |letter| Bits::of(self.post.address(letter).1);
        match slip {
            Slip::Lost(letter) => next.flight = next.flight.without(Bits::of(letter)),
            Slip::Noted(letter) => next.inbox = next.inbox.with(slot_of(letter)),
            Slip::Raced(one, other) => {
                let both = Bits::of(one).with(Bits::of(other));
                next.flight = next.flight.without(both);
                next.inbox = next.inbox.with(slot_of(one)).with(slot_of(other));
                let (seat, _) = self.post.address(one);
                let ask = Ask::Race(one, other);
                let handled = self.handle(state, seat, ask);
                next = self.commit(next, seat, ask, &handled, Fate::Well);
            }
        }
        next
    }
}
