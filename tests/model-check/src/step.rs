//! What is possible in a state, and what is then.

use crate::{
    action::{Action, Fate},
    ask::{Ask, Handled},
    bits::Bits,
    carelessness::Carelessness,
    claims,
    post::ORDERS,
    scenario::Recovery,
    world::{State, World},
};
use stateright::{Model, Property};

impl World {
    /// Inbox, core, state and outbox in one commit; then what `fate` says.
    pub(crate) fn deliver(&self, state: &State, letter: usize, fate: Fate) -> State {
        let (seat, slot) = self.post.address(letter);
        let mut next = *state;
        let acknowledged = state.flight.without(Bits::of(letter));
        if self.knows(state, slot) {
            next.flight = acknowledged;
            return next;
        }
        let handled = self.handle(state, seat, Ask::Letter(letter));
        next.inbox = next.inbox.with(Bits::of(slot));
        if fate.is_acknowledged() {
            next.flight = acknowledged;
        }
        self.commit(next, seat, Ask::Letter(letter), &handled, fate)
    }

    /// Whether the inbox says that the message was handled.
    pub(crate) fn knows(&self, state: &State, slot: usize) -> bool {
        state.inbox.contains(slot) && self.scenario.carelessness != Carelessness::NoInbox
    }

    fn called(&self, state: &State, ask: Ask, fate: Fate) -> State {
        let handled = self.handle(state, ORDERS, ask);
        self.commit(*state, ORDERS, ask, &handled, fate)
    }

    pub(crate) fn commit(
        &self,
        mut next: State,
        seat: usize,
        ask: Ask,
        did: &Handled,
        fate: Fate,
    ) -> State {
        if did.rejected.is_some() {
            next.rejected = Some(ask);
            return next;
        }
        next.seats[seat] = did.local;
        if fate.is_published() {
            next.flight = next.flight.with(did.letters);
        }
        if fate.leaves_rows() && self.scenario.carelessness != Carelessness::NoOutbox {
            next.outbox = next.outbox.with(did.rows);
        }
        next
    }

    fn published(&self, state: &State, rows: Bits) -> State {
        let letters = rows.iter().map(|row| self.post.letters_of(row));
        State {
            outbox: state.outbox.without(rows),
            flight: letters.fold(state.flight, Bits::with),
            ..*state
        }
    }

    fn deliveries(&self, state: &State, actions: &mut Vec<Action>) {
        for (letter, seat, slot) in self.post.addresses(state.flight) {
            if self.knows(state, slot) {
                actions.push(Action::Deliver(letter, Fate::Well));
                continue;
            }
            let fates = self.fates_of_delivery(state, seat, letter);
            actions.extend(fates.iter().map(|fate| Action::Deliver(letter, *fate)));
            self.slips(state, letter, actions);
        }
    }

    /// A cancel and a deadline, while they are possible: while the core has an event for
    /// them.
    fn calls(&self, state: &State, actions: &mut Vec<Action>) {
        for order in self.order_ids() {
            let possible =
                |left: u8, ask| left > 0 && !self.handle(state, ORDERS, ask).events.is_empty();
            let fates = || self.fates_of_call(state).iter();
            if possible(state.cancels_left, Ask::Cancel(order)) {
                actions.extend(fates().map(|fate| Action::Cancel(order, *fate)));
            }
            if possible(state.deadlines_left, Ask::Deadline(order)) {
                actions.extend(fates().map(|fate| Action::Deadline(order, *fate)));
            }
        }
    }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.opening()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.rejected.is_some() {
            return;
        }
        if self.scenario.recovery == Recovery::AtOnce
            && let Some(recovery) = self.recovery(state)
        {
            actions.push(recovery);
            return;
        }
        self.deliveries(state, actions);
        actions.extend((state.outbox.iter()).map(|row| Action::Publish(Bits::of(row))));
        self.calls(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let next = match action {
            Action::Deliver(letter, fate) => self.deliver(state, letter, fate),
            Action::Publish(rows) => self.published(state, rows),
            Action::Cancel(order, fate) => State {
                cancels_left: state.cancels_left.saturating_sub(1),
                ..self.called(state, Ask::Cancel(order), fate)
            },
            Action::Deadline(order, fate) => State {
                deadlines_left: state.deadlines_left.saturating_sub(1),
                ..self.called(state, Ask::Deadline(order), fate)
            },
            Action::Slip(slip) => self.slip(state, slip),
        };
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let always = claims::ALL.map(|claim| Property::always(claim.name, claim.holds));
        let seen =
            (self.scenario.sights.iter()).map(|sight| Property::sometimes(sight.name, sight.seen));
        always.into_iter().chain(seen).collect()
    }

    fn format_action(&self, action: &Action) -> String {
        self.describe(*action)
    }

    fn format_step(&self, state: &State, action: Action) -> Option<String> {
        self.outcome(state, action)
    }
}
