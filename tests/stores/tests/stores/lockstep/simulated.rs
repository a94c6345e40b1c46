//! The simulation's store, driven by hand: its time passes when it waits for nothing else.

use super::instance::{Answer, Statement, committed, execute};
use crate::kept::Kept;
use messaging::store::{Store, Transaction};
use simulation::{
    process::Process,
    settings::Settings,
    store::{Database, SimStore, SimTransaction},
    world::World,
};
use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// A statement takes two or three; its patience with a lock ends within as many.
const WAKES_MAX: usize = 1_000;

pub struct Simulated<P: Kept> {
    world: Arc<World>,
    pub database: Arc<Database<P::Likeness>>,
    pub store: SimStore<P, P::Likeness>,
    open: Vec<Option<SimTransaction<P, P::Likeness>>>,
}

impl<P: Kept> Simulated<P> {
    pub fn new(instances: usize) -> Self {
        // Nothing goes wrong here by itself.
        let world = World::new(&Settings::calm(1, 1));
        let database = Database::new(&world, P::SERVICE);
        database.change(|content| content.tables = P::likeness());
        let process = Process::new(&world, P::SERVICE, P::SERVICE.to_owned(), 0);
        Self {
            store: SimStore::new(&database, &process),
            world,
            database,
            open: (0..instances).map(|_| None).collect(),
        }
    }

    /// A lock that another holds is an answer of its own: the statement's patience ends.
    pub fn execute(&mut self, who: usize, statement: &Statement<P>) -> Answer<P::State> {
        match (self.open[who].take(), statement) {
            (Some(tx), Statement::Commit) => committed(self.drive(tx.commit())),
            (Some(mut tx), _) => {
                let answer = self.drive(execute(&mut tx, statement));
                self.open[who] = Some(tx);
                answer
            }
            (None, _) => match self.drive(self.store.begin()) {
                Ok(tx) => {
                    self.open[who] = Some(tx);
                    Answer::Done
                }
                Err(error) => error.into(),
            },
        }
    }

    pub fn undo(&mut self, who: usize) {
        self.open[who] = None;
    }

    pub fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..WAKES_MAX {
            if let Poll::Ready(answer) = work.as_mut().poll(&mut context) {
                return answer;
            }
            self.world.timeline.advance();
        }
        panic!("the simulation stands still");
    }
}
