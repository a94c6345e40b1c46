//! A store that writes down each claim, and at a chosen one is the death of its relay.

use crate::kept::Kept;
use messaging::store::{
    Level, Outbox, OutboxRow, Store, StoreError, lease_ms,
    postgres::{PgStore, PgTx},
};
use payments_core::Payments;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Notify;
use uuid::Uuid;

type Sql = <Payments as Kept>::Sql;

/// One row, claimed: from when until when it is to be left alone.
#[derive(Clone, Debug)]
pub struct Claim {
    pub row: Uuid,
    pub attempt: u32,
    pub at_ms: i64,
    pub until_ms: i64,
}

pub type Claims = Arc<Mutex<Vec<Claim>>>;

/// Where a relay stops for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    Never,
    /// With the rows of its nth claim in hand, none of them published.
    AfterClaim(usize),
    /// With the confirms of its nth publish in hand, none of them erased.
    BeforeErase(usize),
}

/// Told when the relay is dead.
pub struct Funeral(Arc<Notify>);

impl Funeral {
    pub async fn held(&self) {
        self.0.notified().await;
    }
}

#[derive(Clone)]
pub struct Watched {
    inner: PgStore<Payments, Sql>,
    death: Death,
    claims: Claims,
    claimed: Arc<AtomicUsize>,
    erased: Arc<AtomicUsize>,
    died: Arc<Notify>,
}

impl Watched {
    pub fn new(inner: PgStore<Payments, Sql>, death: Death, claims: &Claims) -> (Self, Funeral) {
        let died = Arc::new(Notify::new());
        let watched = Self {
            inner,
            death,
            claims: Arc::clone(claims),
            claimed: Arc::default(),
            erased: Arc::default(),
            died: Arc::clone(&died),
        };
        (watched, Funeral(died))
    }

    async fn die(&self) {
        self.died.notify_one();
        std::future::pending().await
    }
}

impl Outbox for Watched {
    async fn outbox_delete(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let nth = self.erased.fetch_add(1, Ordering::SeqCst) + 1;
        if self.death == Death::BeforeErase(nth) {
            self.die().await;
        }
        self.inner.outbox_delete(ids).await
    }

    async fn outbox_claim(&self, now_ms: i64, rows_max: u32) -> Result<Vec<OutboxRow>, StoreError> {
        // Few at a time, so that there is something left to race for.
        let rows = self.inner.outbox_claim(now_ms, rows_max.min(3)).await?;
        if rows.is_empty() {
            return Ok(rows);
        }
        let claims = rows.iter().map(|row| Claim {
            row: row.id(),
            attempt: row.attempts,
            at_ms: now_ms,
            // By the contract, whatever the row says.
            until_ms: now_ms + lease_ms(row.attempts),
        });
        self.claims.lock().expect("no panic").extend(claims);
        let nth = self.claimed.fetch_add(1, Ordering::SeqCst) + 1;
        if self.death == Death::AfterClaim(nth) {
            self.die().await;
        }
        Ok(rows)
    }

    async fn outbox_level(&self) -> Result<Level, StoreError> {
        self.inner.outbox_level().await
    }

    async fn inbox_prune(&self, before_ms: i64, rows_max: u32) -> Result<u64, StoreError> {
        self.inner.inbox_prune(before_ms, rows_max).await
    }

    async fn census(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.inner.census().await
    }
}

impl Store<Payments> for Watched {
    type Tx = PgTx<Payments, Sql>;

    async fn begin(&self) -> Result<Self::Tx, StoreError> {
        self.inner.begin().await
    }
}
