//! The outbox outside of a batch: claims, deletions, counts.

use super::{SimStore, reach, tables::Tables};
use crate::world::count;
use decider::Decider;
use messaging::store::{Level, Outbox, OutboxRow, StoreError, lease_ms};
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

impl<P: Decider, T: Tables<P>> Outbox for SimStore<P, T> {
    async fn outbox_delete(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        reach(&self.database, &self.process).await?;
        let mut content = self.database.lock();
        ids.iter().for_each(|id| drop(content.outbox.remove(id)));
        Ok(())
    }

    /// `for update skip locked`: what another replica looks at is passed over.
    async fn outbox_claim(&self, now_ms: i64, rows_max: u32) -> Result<Vec<OutboxRow>, StoreError> {
        reach(&self.database, &self.process).await?;
        let claim = {
            let mut content = self.database.lock();
            let seen: BTreeSet<Uuid> = content.claiming.values().flatten().copied().collect();
            let rows = content.outbox.values();
            let mut due: Vec<_> = rows
                .filter(|row| row.next_attempt_at_ms <= now_ms)
                .map(|row| (row.next_attempt_at_ms, row.id()))
                .collect();
            if due.is_empty() {
                return Ok(Vec::new());
            }
            if due.iter().any(|(_, id)| seen.contains(id)) {
                count(&self.process.world.tally.relay_races);
            }
            due.retain(|(_, id)| !seen.contains(id));
            due.sort_unstable();
            due.truncate(rows_max as usize);
            let ids = due.into_iter().map(|(_, id)| id).collect();
            content.last_transaction += 1;
            let id = content.last_transaction;
            content.claiming.insert(id, ids);
            Claim { store: self, id }
        };
        self.process.travel(super::STATEMENT_US).await;
        let mut content = self.database.lock();
        let ids = content.claiming.remove(&claim.id).unwrap_or_default();
        let mut claimed = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(row) = content.outbox.get_mut(&id) {
                row.attempts += 1;
                row.next_attempt_at_ms = now_ms + lease_ms(row.attempts);
                count(&self.process.world.tally.relayed);
                claimed.push(row.clone());
            }
        }
        drop(content);
        self.process
            .note(format_args!("relay claims {}", claimed.len()));
        Ok(claimed)
    }

    async fn outbox_level(&self) -> Result<Level, StoreError> {
        let content = self.database.lock();
        let rows = content.outbox.values();
        Ok(Level {
            rows: rows.len() as u64,
            oldest_at_ms: rows.map(|row| row.envelope.occurred_at_ms).min(),
        })
    }

    async fn inbox_prune(&self, before_ms: i64, rows_max: u32) -> Result<u64, StoreError> {
        reach(&self.database, &self.process).await?;
        let mut content = self.database.lock();
        let old = (content.inbox.values()).filter(|row| row.received_at_ms < before_ms);
        let ids: Vec<Uuid> = old
            .take(rows_max as usize)
            .map(|row| row.message_id)
            .collect();
        ids.iter().for_each(|id| drop(content.inbox.remove(id)));
        Ok(ids.len() as u64)
    }

    async fn census(&self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(Vec::new())
    }
}

/// A replica that dies at its claim leaves the rows to the other.
struct Claim<'a, P: Decider, T: Tables<P>> {
    store: &'a SimStore<P, T>,
    id: u64,
}

impl<P: Decider, T: Tables<P>> Drop for Claim<'_, P, T> {
    fn drop(&mut self) {
        let database = Arc::clone(&self.store.database);
        database.lock().claiming.remove(&self.id);
    }
}
