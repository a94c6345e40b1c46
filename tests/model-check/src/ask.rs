//! What is asked of a participant, and what came of it.

use crate::{
    bits::Bits,
    desk::Local,
    post::{Letter, Row},
    watched::Watched,
};
use decider::{Coordination, Incoming};
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    Letter(usize),
    /// Two instances, neither of which sees what the other writes.
    Race(usize, usize),
    Cancel(Uuid),
    Deadline(Uuid),
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Handled {
    pub local: Local,
    pub rows: Bits,
    pub letters: Bits,
    pub events: Vec<&'static str>,
    /// Why the pipeline would put the message aside.
    pub rejected: Option<String>,
}

/// Commands that one message or one caller asks for.
pub struct Task<C> {
    pub commands: Vec<C>,
    pub coordination: Option<Coordination>,
    /// A refusal of a caller's command is an answer.
    pub may_be_refused: bool,
}

/// What a letter asks, or why it cannot be asked.
pub fn task_of<P: Watched>(letter: &Letter, now_ms: i64) -> Result<Task<P::Command>, String> {
    let Row {
        kind,
        version,
        body,
        coordination,
        ..
    } = &*letter.row;
    let message = P::Inbound::parse(kind, *version, body).map_err(|error| error.to_string())?;
    Ok(Task {
        commands: P::commands_for(&message, now_ms),
        coordination: *coordination,
        may_be_refused: false,
    })
}
