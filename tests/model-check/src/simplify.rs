//! A counterexample with everything left out that it does not need.
//!
//! The checker's search is breadth first, but of the violations in one of its blocks it
//! keeps the last: what it finds is a few steps too long, with accidents that do not
//! matter. Steps are left out and accidents turned into ordinary deliveries for as long
//! as the claim stays violated.

use crate::{
    action::{Action, Fate},
    claims::Claim,
    world::{State, World},
};
use stateright::Model;

impl World {
    /// Shorter, or with fewer accidents; still a path of the model that ends in a
    /// violation of `claim`.
    pub(crate) fn simplest(&self, claim: &Claim, path: Vec<Action>) -> Vec<Action> {
        let mut best = path;
        'again: loop {
            for candidate in simpler(&best) {
                let (walked, end) = self.walk(&candidate);
                if !(claim.holds)(self, &end) && weight(&walked) < weight(&best) {
                    best = walked;
                    continue 'again;
                }
            }
            return best;
        }
    }

    /// As many of these steps as are possible, one after the other, and where they lead.
    fn walk(&self, steps: &[Action]) -> (Vec<Action>, State) {
        let mut state = self.opening();
        let mut walked = Vec::with_capacity(steps.len());
        for step in steps {
            let mut possible = Vec::new();
            self.actions(&state, &mut possible);
            if let Some(next) = possible
                .contains(step)
                .then(|| self.next_state(&state, *step))
                .flatten()
            {
                state = next;
                walked.push(*step);
            }
        }
        (walked, state)
    }
}

/// Each with one step or two less, or with one accident less.
fn simpler(path: &[Action]) -> Vec<Vec<Action>> {
    let without = |one: usize, other: usize| {
        let kept = path.iter().enumerate();
        let kept = kept.filter(|(at, _)| *at != one && *at != other);
        kept.map(|(_, step)| *step).collect::<Vec<_>>()
    };
    let calm = |at: usize| {
        let mut path = path.to_vec();
        path[at] = without_accident(path[at]);
        path
    };
    let all = 0..path.len();
    let pairs = all
        .clone()
        .flat_map(|at| (0..=at).map(move |other| (at, other)));
    (pairs.map(|(one, other)| without(one, other)))
        .chain(all.map(calm))
        .collect()
}

fn without_accident(step: Action) -> Action {
    match step {
        Action::Deliver(letter, _) => Action::Deliver(letter, Fate::Well),
        Action::Cancel(order, _) => Action::Cancel(order, Fate::Well),
        Action::Deadline(order, _) => Action::Deadline(order, Fate::Well),
        Action::Publish(_) | Action::Slip(_) => step,
    }
}

/// Steps first, then accidents.
fn weight(path: &[Action]) -> (usize, usize) {
    let accidents = path
        .iter()
        .filter(|step| without_accident(**step) != **step);
    (path.len(), accidents.count())
}
