//! One instance over PostgreSQL: at most one transaction, and in it at most one statement
//! that waits.

use crate::{
    batch::{Decided, Item, handled, message_id},
    kept::Kept,
    servers::store_at,
};
use messaging::store::{
    CommitError, InboxRow, OutboxRow, Store, StoreError, Transaction,
    postgres::{PgStore, PgTx},
};
use sqlx::PgPool;
use std::{collections::BTreeSet, time::Duration};
use tokio::{task::JoinHandle, time::Instant};
use uuid::Uuid;

/// Most statements are through by then; one that is not is asked after.
const PROMPT: Duration = Duration::from_millis(4);
/// Neither through nor held up: the machine is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A statement of the pipeline's transaction.
pub enum Statement<P: Kept> {
    Begin,
    Insert(Vec<InboxRow>),
    Find(Vec<Uuid>),
    Load(Vec<P::Command>),
    Save {
        before: P::State,
        after: P::State,
        events: Vec<P::Event>,
    },
    Owe(Vec<OutboxRow>),
    Commit,
}

/// What became of it. Of an error the kind is told, for its text is the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<S> {
    Done,
    Fresh(BTreeSet<Uuid>),
    Found(Vec<(Uuid, Option<String>)>),
    Loaded(S),
    Taken,
    Other(String),
}

impl<S> From<StoreError> for Answer<S> {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken(_) => Self::Taken,
            other => Self::Other(other.to_string()),
        }
    }
}

/// The same for both stores.
pub async fn execute<P: Kept, T: Transaction<P>>(
    tx: &mut T,
    statement: &Statement<P>,
) -> Answer<P::State> {
    let answer = match statement {
        Statement::Begin | Statement::Commit => Ok(Answer::Done),
        Statement::Insert(rows) => {
            (tx.inbox_insert(rows).await).map(|fresh| Answer::Fresh(fresh.into_iter().collect()))
        }
        Statement::Find(ids) => tx.inbox_find(ids).await.map(|mut found| {
            found.sort();
            found.dedup();
            Answer::Found(found)
        }),
        Statement::Load(commands) => tx.load(commands).await.map(Answer::Loaded),
        Statement::Save {
            before,
            after,
            events,
        } => tx.save(before, after, events).await.map(|()| Answer::Done),
        Statement::Owe(rows) => tx.outbox_insert(rows).await.map(|()| Answer::Done),
    };
    answer.unwrap_or_else(Answer::from)
}

pub fn committed<S>(outcome: Result<(), CommitError>) -> Answer<S> {
    match outcome {
        Ok(()) => Answer::Done,
        Err(error) => Answer::Other(error.to_string()),
    }
}

type Returned<P> = (
    Statement<P>,
    Option<PgTx<P, <P as Kept>::Sql>>,
    Answer<<P as decider::Decider>::State>,
);

pub struct Instance<P: Kept> {
    pub name: String,
    store: PgStore<P, P::Sql>,
    tx: Option<PgTx<P, P::Sql>>,
    running: Option<JoinHandle<Returned<P>>>,
    /// What the transaction has still to do, the next at the end.
    plan: Vec<Item<P>>,
    next: Option<Statement<P>>,
}

/// Whether a statement came through.
pub enum Progress<P: Kept> {
    Through(Statement<P>, Answer<P::State>),
    /// For another transaction to end.
    Waits,
    Idle,
}

impl<P: Kept> Instance<P> {
    pub fn start(url: &str, n: usize) -> Self {
        let name = format!("instance-{n}");
        Self {
            store: store_at::<P>(url, &name),
            name,
            tx: None,
            running: None,
            plan: Vec::new(),
            next: None,
        }
    }

    pub fn is_open(&self) -> bool {
        self.tx.is_some() || self.running.is_some()
    }

    pub fn waits(&self) -> bool {
        self.running.is_some()
    }

    /// Sends the next statement off, or the first of a new transaction.
    pub fn proceed(&mut self, items: &[Item<P>]) {
        let statement = match self.next.take() {
            Some(statement) => statement,
            None => {
                self.plan = items.to_vec();
                Statement::Begin
            }
        };
        let (store, tx) = (self.store.clone(), self.tx.take());
        self.running = Some(tokio::spawn(async move {
            match (tx, &statement) {
                (Some(tx), Statement::Commit) => {
                    let answer = committed(tx.commit().await);
                    (statement, None, answer)
                }
                (Some(mut tx), _) => {
                    let answer = execute(&mut tx, &statement).await;
                    (statement, Some(tx), answer)
                }
                (None, _) => match store.begin().await {
                    Ok(tx) => (statement, Some(tx), Answer::Done),
                    Err(error) => (statement, None, error.into()),
                },
            }
        }));
    }

    /// Until its statement is through or is known to wait.
    pub async fn settle(&mut self, server: &PgPool) -> Progress<P> {
        let Some(mut running) = self.running.take() else {
            return Progress::Idle;
        };
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(returned) = tokio::time::timeout(PROMPT, &mut running).await {
                let (statement, tx, answer) = returned.expect("no statement panics");
                self.tx = tx;
                return Progress::Through(statement, answer);
            }
            if is_blocked(server, &self.name).await && !running.is_finished() {
                self.running = Some(running);
                return Progress::Waits;
            }
            assert!(
                Instant::now() < deadline,
                "{}: neither through nor held up",
                self.name
            );
        }
    }

    /// What comes after `statement`, now that its answer is known.
    pub fn plan(&mut self, statement: &Statement<P>, answer: &Answer<P::State>, now_ms: i64) {
        self.next = match (statement, answer) {
            (Statement::Begin, _) => Some(self.insert(now_ms)),
            (Statement::Insert(rows), Answer::Fresh(fresh)) => {
                let known = rows.iter().map(|row| row.message_id);
                let known: Vec<Uuid> = known.filter(|id| !fresh.contains(id)).collect();
                self.admit(fresh);
                Some(match known.is_empty() {
                    true => self.load(),
                    false => Statement::Find(known),
                })
            }
            (Statement::Find(_), _) => Some(self.load()),
            (Statement::Load(commands), Answer::Loaded(before)) => {
                let decided = Decided::<P>::of(before, commands, now_ms);
                Some(match decided.events.is_empty() {
                    true => Statement::Commit,
                    false => Statement::Save {
                        before: before.clone(),
                        after: decided.after,
                        events: decided.events,
                    },
                })
            }
            (Statement::Save { events, .. }, Answer::Done) => {
                let rows = Decided::<P>::owed(events, now_ms);
                Some(match rows.is_empty() {
                    true => Statement::Commit,
                    false => Statement::Owe(rows),
                })
            }
            (Statement::Owe(_), Answer::Done) => Some(Statement::Commit),
            (Statement::Commit, _) | (_, _) => None,
        };
    }

    fn insert(&self, now_ms: i64) -> Statement<P> {
        let messages: Vec<InboxRow> = (self.plan.iter())
            .filter_map(|item| item.message)
            .map(|n| handled(n, now_ms))
            .collect();
        match messages.is_empty() {
            true => self.load(),
            false => Statement::Insert(messages),
        }
    }

    /// A second copy in the same batch is a duplicate of the first.
    fn admit(&mut self, fresh: &BTreeSet<Uuid>) {
        let mut fresh = fresh.clone();
        self.plan.retain(|item| match item.message {
            Some(n) => fresh.remove(&message_id(n)),
            None => true,
        });
    }

    fn load(&self) -> Statement<P> {
        match self.plan.is_empty() {
            true => Statement::Commit,
            false => {
                let commands = self.plan.iter().map(|item| item.command.clone());
                Statement::Load(commands.collect())
            }
        }
    }

    /// Whether there was something to undo. The server has noticed when this returns.
    pub async fn undo(&mut self, server: &PgPool, politely: bool) -> bool {
        let Some(tx) = self.tx.take() else {
            return false;
        };
        self.next = None;
        match politely {
            true => tx.rollback().await,
            false => {
                drop(tx);
                let deadline = Instant::now() + PATIENCE;
                while is_in_transaction(server, &self.name).await {
                    assert!(
                        Instant::now() < deadline,
                        "{}: dead, and still there",
                        self.name
                    );
                    tokio::task::yield_now().await;
                }
            }
        }
        true
    }
}

async fn is_blocked(server: &PgPool, name: &str) -> bool {
    ask(
        server,
        "select exists (select from pg_stat_activity
         where application_name = $1 and datname = current_database()
           and cardinality(pg_blocking_pids(pid)) > 0)",
        name,
    )
    .await
}

async fn is_in_transaction(server: &PgPool, name: &str) -> bool {
    ask(
        server,
        "select exists (select from pg_stat_activity
         where application_name = $1 and datname = current_database() and xact_start is not null)",
        name,
    )
    .await
}

async fn ask(server: &PgPool, question: &'static str, name: &str) -> bool {
    let answer = sqlx::query_scalar(question).bind(name).fetch_one(server);
    answer.await.expect("PostgreSQL answers")
}
