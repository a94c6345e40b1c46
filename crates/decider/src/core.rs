//! The traits of a core.

use crate::message::{Incoming, Outgoing};
use std::fmt::{Debug, Display};

/// ```text
/// decide(state, command) -> Result<events, rejection>      evolve(state, event) -> state
/// ```
///
/// `State` is the slice of the service's world that the commands at hand touch:
/// the whole world in the model checker, the loaded rows in production.
pub trait Decider: 'static {
    type State: Clone + Default + Eq + Debug + Send + Sync + 'static;
    type Command: Clone + Debug + Send + Sync + 'static;
    type Event: Clone + Debug + Send + Sync + 'static;
    /// Why a command is refused. From a customer's command: an answer. From a
    /// message: a broken invariant, for a refusal that the saga foresees is an event.
    type Rejection: Clone + Debug + Display + Send + Sync + 'static;

    /// What happens. A duplicate yields nothing, or the same events again.
    fn decide(
        state: &Self::State,
        command: &Self::Command,
    ) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// The state after it happened. Total: an event is a fact.
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
}

/// A core that takes part in a saga: it hears messages and says messages.
pub trait Participant: Decider {
    type Inbound: Incoming + Clone + Debug + Send + Sync + 'static;
    type Outbound: Outgoing + Clone + Debug + Send + Sync + 'static;

    /// What a message asks of this participant. `now_ms` is Unix time.
    fn commands_for(message: &Self::Inbound, now_ms: i64) -> Vec<Self::Command>;

    /// What an event tells the others.
    fn messages_of(event: &Self::Event) -> Vec<Self::Outbound>;

    /// The event's name in logs and metrics. Written, never derived.
    fn label(event: &Self::Event) -> &'static str;
}
