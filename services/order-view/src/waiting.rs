//! Readers that wait for an order to get somewhere.
//!
//! However many wait, a change of the read model costs one query: the projector's
//! notification wakes one task, which reads the rows of all that are waited for.

use crate::{projection::CHANNEL, rows, rows::OrderRow};
use sqlx::{PgPool, postgres::PgListener};
use std::{collections::HashMap, time::Duration};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Requests that wait at once, at most; each holds a connection of the gateway as well.
const WAITERS_MAX: usize = 4_096;
/// How long a lost notification can delay an answer.
const POLL: Duration = Duration::from_millis(250);
/// One query by key: what does not come in this time is asked again.
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

/// What a reader waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At least this version.
    Version(i64),
    Terminal,
}

impl Until {
    fn met(self, row: &OrderRow) -> bool {
        match self {
            Self::Version(version) => row.version >= version,
            Self::Terminal => row.status.is_terminal(),
        }
    }
}

struct Waiter {
    order_id: Uuid,
    until: Until,
    answer: oneshot::Sender<OrderRow>,
}

/// Where readers queue up.
#[derive(Clone)]
pub struct WaitingRoom(mpsc::Sender<Waiter>);

impl WaitingRoom {
    /// The room, and the task that serves it.
    pub fn open(pool: PgPool) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, receiver) = mpsc::channel(WAITERS_MAX);
        (Self(sender), serve(pool, receiver))
    }

    /// The order once it is where it was waited for; `None` if that took too long.
    pub async fn wait(&self, order_id: Uuid, until: Until, limit: Duration) -> Option<OrderRow> {
        let (answer, answered) = oneshot::channel();
        let waiter = Waiter {
            order_id,
            until,
            answer,
        };
        tokio::time::timeout(limit, async {
            self.0.send(waiter).await.ok()?;
            answered.await.ok()
        })
        .await
        .ok()
        .flatten()
    }
}

async fn serve(pool: PgPool, mut receiver: mpsc::Receiver<Waiter>) {
    let mut waiting: HashMap<Uuid, Vec<Waiter>> = HashMap::new();
    let mut listener: Option<PgListener> = None;
    loop {
        if listener.is_none() {
            listener = listen(&pool).await;
        }
        let arrived = tokio::select! {
            waiter = receiver.recv() => match waiter {
                Some(waiter) => Some(waiter),
                None => return,
            },
            heard = heard(&mut listener), if !waiting.is_empty() => {
                if !heard {
                    listener = None;
                }
                None
            }
            () = tokio::time::sleep(POLL), if !waiting.is_empty() => None,
        };
        match arrived {
            // It may be there already: ask for this one alone.
            Some(waiter) => {
                let order_id = waiter.order_id;
                waiting.entry(order_id).or_default().push(waiter);
                while waiting.len() < WAITERS_MAX
                    && let Ok(more) = receiver.try_recv()
                {
                    waiting.entry(more.order_id).or_default().push(more);
                }
            }
            None => {
                for waiters in waiting.values_mut() {
                    waiters.retain(|waiter| !waiter.answer.is_closed());
                }
                waiting.retain(|_, waiters| !waiters.is_empty());
            }
        }
        answer(&pool, &mut waiting).await;
    }
}

async fn listen(pool: &PgPool) -> Option<PgListener> {
    let connect = async {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok::<_, sqlx::Error>(listener)
    };
    match tokio::time::timeout(QUERY_TIMEOUT, connect).await {
        Ok(Ok(listener)) => Some(listener),
        Ok(Err(error)) => {
            tracing::warn!("no notifications, polling instead: {error}");
            None
        }
        Err(_) => None,
    }
}

/// Whether the listener is still good after hearing something.
async fn heard(listener: &mut Option<PgListener>) -> bool {
    match listener {
        Some(listener) => listener.recv().await.is_ok(),
        // The poll does it.
        None => std::future::pending().await,
    }
}

async fn answer(pool: &PgPool, waiting: &mut HashMap<Uuid, Vec<Waiter>>) {
    let ids: Vec<Uuid> = waiting.keys().copied().collect();
    let rows = match tokio::time::timeout(QUERY_TIMEOUT, rows::by_ids(pool, &ids)).await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => {
            tracing::warn!("waiting readers go on waiting: {error}");
            return;
        }
        Err(_) => return,
    };
    for row in rows {
        let Some(waiters) = waiting.remove(&row.order_id) else {
            continue;
        };
        let mut left = vec![];
        for waiter in waiters {
            if waiter.until.met(&row) {
                // The reader may have gone meanwhile.
                let _ = waiter.answer.send(row.clone());
            } else {
                left.push(waiter);
            }
        }
        if !left.is_empty() {
            waiting.insert(row.order_id, left);
        }
    }
}
