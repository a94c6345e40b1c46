//! One transaction of one process.

use super::{Content, Database, locks::Key, reach, tables::Tables};
use crate::{
    faults::Fault,
    process::{Process, SimulatedClock},
    settings::Variant,
    world::{Blow, Step, count},
};
use decider::Decider;
use messaging::{
    Entropy,
    clock::within,
    store::{CommitError, InboxRow, OutboxRow, StoreError, Transaction},
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use uuid::Uuid;

/// As the real pool sets it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than the pipeline waits for a commit.
const SLOW_COMMIT_US: u64 = 7_000_000;

/// Before, after, and the events between.
type Saved<P> = (
    <P as Decider>::State,
    <P as Decider>::State,
    Vec<<P as Decider>::Event>,
);

/// What it would change is seen by nobody before the commit.
pub struct SimTransaction<P: Decider, T: Tables<P>> {
    database: Arc<Database<T>>,
    process: Arc<Process>,
    id: u64,
    inbox: Vec<InboxRow>,
    outbox: Vec<OutboxRow>,
    saved: Option<Saved<P>>,
}

impl<P: Decider, T: Tables<P>> SimTransaction<P, T> {
    pub(super) fn new(database: Arc<Database<T>>, process: Arc<Process>, id: u64) -> Self {
        Self {
            database,
            process,
            id,
            inbox: Vec::new(),
            outbox: Vec::new(),
            saved: None,
        }
    }

    async fn statement(&self) -> Result<(), StoreError> {
        reach(&self.database, &self.process).await?;
        self.is_open(&self.database.lock())?;
        if self.process.struck(Fault::Serialization) {
            return Err(StoreError::Conflict(
                "40001: could not serialize access".to_owned(),
            ));
        }
        Ok(())
    }

    fn is_open(&self, content: &Content<T>) -> Result<(), StoreError> {
        match content.open.contains(&self.id) {
            true => Ok(()),
            false => Err(StoreError::Conflict(
                "57P01: terminating connection".to_owned(),
            )),
        }
    }

    /// `look` says what is to be locked and read; it is asked again after each wait.
    async fn locked<R: Send>(
        &self,
        look: impl Fn(&Content<T>) -> (R, Vec<Key>) + Send + Sync,
    ) -> Result<R, StoreError> {
        let database = &self.database;
        let wait = async {
            loop {
                let mut released = std::pin::pin!(database.released.notified());
                released.as_mut().enable();
                {
                    let mut content = database.lock();
                    self.is_open(&content)?;
                    let (read, keys) = look(&content);
                    if content.locks.take(&keys, self.id) {
                        return Ok::<R, StoreError>(read);
                    }
                }
                count(&self.process.world.tally.lock_waits);
                released.await;
            }
        };
        let clock = SimulatedClock(Arc::clone(&self.process));
        match within(&clock, STATEMENT_TIMEOUT, wait).await {
            Some(outcome) => outcome,
            None => Err(StoreError::Unavailable(
                "57014: canceling statement due to statement timeout".to_owned(),
            )),
        }
    }

    fn end(&mut self) {
        let mut content = self.database.lock();
        content.open.remove(&self.id);
        content.locks.release(self.id);
        drop(content);
        self.database.released.notify_waiters();
    }

    /// All of it at once.
    fn apply(&mut self) {
        let world = &self.process.world;
        let mut content = self.database.lock();
        for row in &self.outbox {
            let cause = row.envelope.causation_id;
            if let Some(cause) = cause.filter(|cause| content.inbox.contains_key(cause)) {
                let (service, kind) = (self.database.service, &row.envelope.kind);
                let words = format!("{cause} at {service}, for {kind}");
                world.tally.repeated(words);
            }
        }
        for row in self.inbox.drain(..) {
            self.process
                .note(format_args!("handled {} {}", row.kind, row.message_id));
            world.tally.handled(Step {
                queue: self.database.service.to_owned(),
                kind: row.kind.clone(),
                message_id: row.message_id,
            });
            if world.variant != Variant::ForgetfulInbox {
                content.inbox.insert(row.message_id, row);
            }
        }
        if let Some((before, after, events)) = self.saved.take() {
            let is_lossy = world.variant == Variant::LossyLedger && world.dice.below(20) == 0;
            let recorded = if is_lossy { &[] } else { events.as_slice() };
            content.tables.save(&before, &after, recorded);
        }
        for row in self.outbox.drain(..) {
            let order = row.envelope.correlation_id.unwrap_or_default();
            self.process.note(format_args!(
                "commits {} {}, order {order}",
                row.envelope.kind,
                row.id()
            ));
            if world.variant == Variant::LeakyOutbox && world.dice.below(60) == 0 {
                continue;
            }
            content.outbox.entry(row.id()).or_insert(row);
        }
    }
}

impl<P: Decider, T: Tables<P>> Drop for SimTransaction<P, T> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<P: Decider, T: Tables<P>> Transaction<P> for SimTransaction<P, T> {
    async fn inbox_find(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Option<String>)>, StoreError> {
        self.statement().await?;
        let content = self.database.lock();
        let rows = ids.iter().filter_map(|id| content.inbox.get(id));
        let found: Vec<_> = rows
            .map(|row| (row.message_id, row.traceparent.clone()))
            .collect();
        drop(content);
        for (id, _) in &found {
            count(&self.process.world.tally.duplicates_dropped);
            self.process
                .note(format_args!("knows {id}: handled before"));
        }
        Ok(found)
    }

    async fn inbox_insert(&mut self, rows: &[InboxRow]) -> Result<HashSet<Uuid>, StoreError> {
        self.statement().await?;
        // A committed id is known at once; one that another is inserting is waited for.
        let known = self
            .locked(|content| {
                let (mut known, mut keys) = (HashSet::new(), Vec::new());
                for row in rows {
                    match content.inbox.contains_key(&row.message_id) {
                        true => drop(known.insert(row.message_id)),
                        false => keys.push(Key::Id("inbox", row.message_id)),
                    }
                }
                (known, keys)
            })
            .await?;
        let mut fresh = HashSet::new();
        for row in rows {
            if !known.contains(&row.message_id) && fresh.insert(row.message_id) {
                self.inbox.push(row.clone());
            }
        }
        Ok(fresh)
    }

    async fn load(&mut self, commands: &[P::Command]) -> Result<P::State, StoreError> {
        self.statement().await?;
        self.locked(|content| content.tables.load(commands)).await
    }

    async fn save(
        &mut self,
        before: &P::State,
        after: &P::State,
        events: &[P::Event],
    ) -> Result<(), StoreError> {
        self.statement().await?;
        let keys = T::inserted(before, after, events);
        // A committed key is known at once, whoever has its row locked.
        let taken = self
            .locked(|content| {
                let taken = keys.iter().find(|key| content.tables.has(key)).cloned();
                let wanted = match taken {
                    Some(_) => vec![],
                    None => keys.clone(),
                };
                (taken, wanted)
            })
            .await?;
        if let Some(key) = taken {
            count(&self.process.world.tally.keys_taken);
            return Err(StoreError::Taken(format!("23505: duplicate key {key:?}")));
        }
        self.saved = Some((before.clone(), after.clone(), events.to_vec()));
        Ok(())
    }

    async fn outbox_insert(&mut self, rows: &[OutboxRow]) -> Result<(), StoreError> {
        self.statement().await?;
        // What is there now is left out, even if it is erased before the commit.
        let fresh = self
            .locked(|content| {
                let fresh = rows
                    .iter()
                    .filter(|row| !content.outbox.contains_key(&row.id()));
                let fresh: Vec<OutboxRow> = fresh.cloned().collect();
                let keys = fresh.iter().map(|row| Key::Id("outbox", row.id()));
                let keys = keys.collect();
                (fresh, keys)
            })
            .await?;
        self.outbox.extend(fresh);
        Ok(())
    }

    async fn commit(mut self) -> Result<(), CommitError> {
        self.statement().await.map_err(CommitError::Aborted)?;
        let process = Arc::clone(&self.process);
        let lost = || {
            Err(CommitError::Unknown(
                "connection lost during commit".to_owned(),
            ))
        };
        if process.struck(Fault::UnknownAborted) {
            return lost();
        }
        let is_slow = process.struck(Fault::SlowCommit);
        let late_us = SLOW_COMMIT_US * process.world.dice.below(2);
        if is_slow && late_us == 0 {
            process.sleep_us(SLOW_COMMIT_US).await;
            let open = self.is_open(&self.database.lock());
            open.map_err(CommitError::Aborted)?;
        }
        let queue = self.database.service;
        let is_aimed = process.world.aim.is_some()
            && self.inbox.iter().any(|row| {
                let id = row.message_id.to_string();
                process.world.aimed(Blow::StopBeforePublish, queue, &id)
            });
        self.apply();
        self.end();
        if is_aimed {
            process.stop("aimed between commit and publish");
        }
        process.may_stop(Fault::StopAfterCommit).await;
        if process.struck(Fault::UnknownCommitted) {
            return lost();
        }
        if is_slow {
            process.sleep_us(late_us).await;
        }
        process.travel(super::STATEMENT_US).await;
        Ok(())
    }

    async fn rollback(self) {}
}
