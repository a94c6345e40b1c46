//! A transaction: what it would change, until it commits.

use super::{Fault, MemoryStore, Step, Tables};
use crate::store::{CommitError, InboxRow, OutboxRow, StoreError, Transaction};
use decider::Decider;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// What the transaction would change; nothing of it is seen outside before the commit.
pub struct MemoryTx<P: Decider, T> {
    pub(super) store: MemoryStore<P, T>,
    pub(super) version: u64,
    pub(super) tables: T,
    pub(super) inbox: BTreeMap<Uuid, InboxRow>,
    pub(super) outbox: Vec<OutboxRow>,
    pub(super) saved: bool,
}

impl<P: Decider, T: Tables<P>> Transaction<P> for MemoryTx<P, T> {
    async fn inbox_find(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Option<String>)>, StoreError> {
        let world = self.store.lock();
        let found = ids
            .iter()
            .filter_map(|id| self.inbox.get(id).or_else(|| world.inbox.get(id)));
        Ok(found
            .map(|row| (row.message_id, row.traceparent.clone()))
            .collect())
    }

    async fn inbox_insert(&mut self, rows: &[InboxRow]) -> Result<HashSet<Uuid>, StoreError> {
        let world = self.store.lock();
        let mut fresh = HashSet::new();
        for row in rows {
            let id = row.message_id;
            if !world.inbox.contains_key(&id) && !self.inbox.contains_key(&id) {
                self.inbox.insert(id, row.clone());
                fresh.insert(id);
            }
        }
        Ok(fresh)
    }

    async fn load(&mut self, commands: &[P::Command]) -> Result<P::State, StoreError> {
        drop(self.store.reach(Step::Load)?);
        Ok(self.tables.load(commands))
    }

    async fn save(
        &mut self,
        before: &P::State,
        after: &P::State,
        events: &[P::Event],
    ) -> Result<(), StoreError> {
        drop(self.store.reach(Step::Save)?);
        self.tables.save(before, after, events);
        self.saved = true;
        Ok(())
    }

    async fn outbox_insert(&mut self, rows: &[OutboxRow]) -> Result<(), StoreError> {
        self.outbox.extend_from_slice(rows);
        Ok(())
    }

    async fn commit(self) -> Result<(), CommitError> {
        let mut world = self.store.lock();
        let unknown = || Err(CommitError::Unknown("injected".to_owned()));
        let told = match world.fault(Step::Commit) {
            Fault::Pass => Ok(()),
            Fault::UnknownCommitted => unknown(),
            Fault::UnknownAborted => return unknown(),
            Fault::Conflict => return Err(StoreError::Conflict("injected".to_owned()).into()),
            Fault::Unavailable => return Err(StoreError::Unavailable("injected".to_owned()).into()),
            Fault::Data => return Err(StoreError::Fault("injected".to_owned()).into()),
        };
        if !self.saved && self.inbox.is_empty() && self.outbox.is_empty() {
            return told;
        }
        if world.version != self.version {
            return Err(StoreError::Conflict("another transaction came first".to_owned()).into());
        }
        world.version += 1;
        world.inbox.extend(self.inbox);
        for row in self.outbox {
            world.outbox.entry(row.id()).or_insert(row);
        }
        if self.saved {
            world.tables = self.tables;
        }
        told
    }

    async fn rollback(self) {}
}
