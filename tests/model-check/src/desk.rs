//! A participant at work: the real core behind an inbox and an outbox.
//!
//! ```text
//! parse ─ commands_for ─ decide ─ evolve ─ messages_of
//! ```
//!
//! the order of calls in `messaging::pipeline` (`hear`, then `fold`), on the same
//! functions. What was asked once of the same rows is not decided again: the answer is
//! a pure function of both.

use crate::{
    ask::{Ask, Handled, Task},
    bits::Bits,
    marks::Marks,
    post::{Post, Row},
    tally::Tally,
    watched::Watched,
};
use decider::{Coordination, Outgoing};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// All rows of a participant, and what its events add up to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rows<S> {
    pub state: S,
    pub tally: Tally,
}

/// Rows, by number: equal rows have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Local {
    pub number: u32,
    pub marks: Marks,
}

pub struct Desk<P: Watched>(Mutex<Drawers<P>>);

struct Drawers<P: Watched> {
    rows: Vec<Arc<Rows<P::State>>>,
    numbers: HashMap<Arc<Rows<P::State>>, Local>,
    handled: HashMap<(u32, Ask), Arc<Handled>>,
}

impl<P: Watched> Default for Desk<P> {
    fn default() -> Self {
        Self(Mutex::new(Drawers {
            rows: Vec::new(),
            numbers: HashMap::new(),
            handled: HashMap::new(),
        }))
    }
}

impl<P: Watched> Desk<P> {
    fn drawers(&self) -> MutexGuard<'_, Drawers<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn rows(&self, local: Local) -> Arc<Rows<P::State>> {
        Arc::clone(&self.drawers().rows[local.number as usize])
    }

    pub fn file(&self, rows: Rows<P::State>) -> Local {
        let mut drawers = self.drawers();
        if let Some(local) = drawers.numbers.get(&rows) {
            return *local;
        }
        let local = Local {
            number: u32::try_from(drawers.rows.len()).expect("memory ends before four billion"),
            marks: P::marks(&rows.state, &rows.tally),
        };
        let rows = Arc::new(rows);
        drawers.rows.push(Arc::clone(&rows));
        drawers.numbers.insert(rows, local);
        local
    }

    /// The tasks that `ask` stands for, done; from memory if it was asked before.
    pub fn handle(
        &self,
        post: &Post,
        local: Local,
        ask: Ask,
        tasks: impl FnOnce(&P::State) -> Result<Vec<Task<P::Command>>, String>,
    ) -> Arc<Handled> {
        if let Some(known) = self.drawers().handled.get(&(local.number, ask)) {
            return Arc::clone(known);
        }
        let rows = self.rows(local);
        let stale = matches!(ask, Ask::Race(..));
        let handled = tasks(&rows.state)
            .and_then(|tasks| self.perform(post, &rows, &tasks, stale))
            .unwrap_or_else(|reason| Handled {
                local,
                rows: Bits::EMPTY,
                letters: Bits::EMPTY,
                events: vec![],
                rejected: Some(reason),
            });
        let handled = Arc::new(handled);
        let mut drawers = self.drawers();
        drawers
            .handled
            .insert((local.number, ask), Arc::clone(&handled));
        handled
    }

    /// As `fold` does. `stale`: each task decides on what was there before all.
    pub fn perform(
        &self,
        post: &Post,
        before: &Rows<P::State>,
        tasks: &[Task<P::Command>],
        stale: bool,
    ) -> Result<Handled, String> {
        let mut after = before.clone();
        let (mut rows, mut letters, mut labels) = (Bits::EMPTY, Bits::EMPTY, Vec::new());
        for task in tasks {
            for command in &task.commands {
                let seen = if stale { &before.state } else { &after.state };
                let events = match P::decide(seen, command) {
                    Ok(events) => events,
                    Err(_) if task.may_be_refused => vec![],
                    Err(rejection) => return Err(rejection.to_string()),
                };
                for event in events {
                    labels.push(P::label(&event));
                    for message in P::messages_of(&event) {
                        let (row, copies) = post.register(row_of(&message, task.coordination))?;
                        rows = rows.with(Bits::of(row));
                        letters = letters.with(copies);
                    }
                    after = happened::<P>(after, &event);
                }
            }
        }
        Ok(Handled {
            local: self.file(after),
            rows,
            letters,
            events: labels,
            rejected: None,
        })
    }
}

fn happened<P: Watched>(before: Rows<P::State>, event: &P::Event) -> Rows<P::State> {
    let mut tally = before.tally;
    let state = P::evolve(before.state.clone(), event);
    if let Some(order) = P::effect_on(event).filter(|_| state != before.state) {
        tally.count(order, P::label(event));
    }
    P::entries(event)
        .into_iter()
        .for_each(|entry| tally.book(entry));
    Rows { state, tally }
}

fn row_of(message: &impl Outgoing, inherited: Option<Coordination>) -> Row {
    Row {
        id: message.id(),
        kind: message.kind(),
        version: message.version(),
        coordination: message.coordination().or(inherited),
        order: message.correlation_id(),
        destination: message.destination(),
        body: message.encode(),
    }
}
