//! Readers that wait for an order to get somewhere.
//!
//! A reader who comes costs one query of what it asks for, and a change one of what
//! changed and is waited for; neither grows with the number of those who wait.

use crate::{
    projection::{CHANNEL, Changed},
    rows,
    rows::OrderRow,
};
use sqlx::{PgPool, Postgres, pool::PoolConnection, postgres::PgListener};
use std::{collections::HashMap, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// Requests that wait at once, at most; each holds a connection of the gateway as well.
const WAITERS_MAX: usize = 4_096;
/// How long a lost notification can delay an answer: all that are waited for are read.
const POLL: Duration = Duration::from_secs(2);
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
    let mut reader: Option<Reader> = None;
    let mut poll = tokio::time::interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if listener.is_none() {
            listener = listen(&pool).await;
            if listener.is_some() {
                // What changed before it listened, nobody said.
                poll.reset_immediately();
            }
        }
        let ask = tokio::select! {
            waiter = receiver.recv() => match waiter {
                Some(waiter) => admit(waiter, &mut receiver, &mut waiting),
                None => return,
            },
            changed = heard(&mut listener) => match changed {
                Some(Changed::These(ids)) => {
                    ids.into_iter().filter(|id| waiting.contains_key(id)).collect()
                }
                Some(Changed::Some) => waiting.keys().copied().collect(),
                None => {
                    listener = None;
                    continue;
                }
            },
            _ = poll.tick() => {
                forget_the_gone(&mut waiting);
                waiting.keys().copied().collect()
            }
        };
        if ask.is_empty() {
            continue;
        }
        match tokio::time::timeout(QUERY_TIMEOUT, read(&pool, &mut reader, &ask)).await {
            Ok(Ok(rows)) => answer(rows, &mut waiting),
            Ok(Err(error)) => tracing::warn!("waiting readers go on waiting: {error}"),
            Err(_) => tracing::warn!("waiting readers go on waiting: no answer in time"),
        }
    }
}

/// Those that came, to be asked for: they may be there already.
fn admit(
    first: Waiter,
    receiver: &mut mpsc::Receiver<Waiter>,
    waiting: &mut HashMap<Uuid, Vec<Waiter>>,
) -> Vec<Uuid> {
    let mut came = vec![];
    let mut next = Some(first);
    while let Some(waiter) = next {
        came.push(waiter.order_id);
        waiting.entry(waiter.order_id).or_default().push(waiter);
        next = match came.len() < WAITERS_MAX {
            true => receiver.try_recv().ok(),
            false => None,
        };
    }
    came
}

fn forget_the_gone(waiting: &mut HashMap<Uuid, Vec<Waiter>>) {
    for waiters in waiting.values_mut() {
        waiters.retain(|waiter| !waiter.answer.is_closed());
    }
    waiting.retain(|_, waiters| !waiters.is_empty());
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

/// What changed, with all that is known by now; `None` when the listener is no good any more.
async fn heard(listener: &mut Option<PgListener>) -> Option<Changed> {
    let Some(listener) = listener else {
        // The poll does it.
        return std::future::pending().await;
    };
    let first = listener.recv().await.ok()?;
    let mut changed = Changed::parse(first.payload());
    while let Some(more) = listener.next_buffered() {
        changed = changed.and(Changed::parse(more.payload()));
    }
    Some(changed)
}

/// The room's own connection: the pool asks one that comes back whether it lives, and each
/// order that is waited for would cost two such round trips.
type Reader = PoolConnection<Postgres>;

/// One that fails, or is given up in the middle, is not used again.
async fn read(
    pool: &PgPool,
    reader: &mut Option<Reader>,
    ids: &[Uuid],
) -> Result<Vec<OrderRow>, sqlx::Error> {
    let mut connection = match reader.take() {
        Some(connection) => connection,
        None => pool.acquire().await?,
    };
    connection.close_on_drop();
    let rows = rows::by_ids(&mut *connection, ids).await?;
    *reader = Some(connection);
    Ok(rows)
}

fn answer(rows: Vec<OrderRow>, waiting: &mut HashMap<Uuid, Vec<Waiter>>) {
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
