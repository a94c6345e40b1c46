//! Given / when / then.
//!
//! ```text
//! Scenario::<Shipping>::given([arranged]).when(void).then([arranged_again]);
//! ```

use crate::Decider;
use std::fmt::Debug;

/// A core brought into a state by events, or by commands that must be accepted.
pub struct Scenario<D: Decider> {
    state: D::State,
}

impl<D: Decider> Scenario<D> {
    /// A world in which these events happened.
    pub fn given(events: impl IntoIterator<Item = D::Event>) -> Self {
        Self::from_state(D::State::default()).and(events)
    }

    /// A world as it is.
    pub fn from_state(state: D::State) -> Self {
        Self { state }
    }

    /// Then these happened as well.
    pub fn and(mut self, events: impl IntoIterator<Item = D::Event>) -> Self {
        for event in events {
            self.state = D::evolve(self.state, &event);
        }
        self
    }

    /// A command arrives.
    pub fn when(self, command: D::Command) -> Outcome<D> {
        let result = D::decide(&self.state, &command);
        let mut state = self.state;
        for event in result.iter().flatten() {
            state = D::evolve(state, event);
        }
        Outcome { result, state }
    }
}

/// What the core decided, and the state after it.
pub struct Outcome<D: Decider> {
    pub result: Result<Vec<D::Event>, D::Rejection>,
    pub state: D::State,
}

impl<D: Decider> Outcome<D>
where
    D::Event: PartialEq,
    D::Rejection: PartialEq,
{
    /// Exactly these events.
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) -> Scenario<D> {
        assert_eq!(self.result, Ok(events.into_iter().collect::<Vec<_>>()));
        Scenario { state: self.state }
    }

    /// Nothing: the command was a duplicate, or too late to matter.
    #[track_caller]
    pub fn then_nothing(self) -> Scenario<D> {
        self.then([])
    }

    /// Refused, and nothing changed.
    #[track_caller]
    pub fn then_refused(self, rejection: D::Rejection) -> Scenario<D>
    where
        D::Event: Debug,
    {
        assert_eq!(self.result, Err(rejection));
        Scenario { state: self.state }
    }
}
