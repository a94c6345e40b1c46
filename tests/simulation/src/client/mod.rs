//! The client: places, cancels and reads through the API of whichever instance answers,
//! asks again with the same id, and writes down what it was told.
//!
//! - [`ask`]: a question, until it is answered. [`record`]: the history.

mod ask;
mod record;

use crate::{
    plan::Planned,
    process::{Process, SimulatedClock},
    system::System,
};
use ask::Answer;
use checkers::history::{Action, HistoryLine, Outcome, Promise, Status};
use messaging::clock::within;
use orders_core::Command;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

/// How long a read waits for the version that its token names.
const TOKEN_WAIT: Duration = Duration::from_secs(2);

pub struct Client {
    pub system: Arc<System>,
    pub process: Arc<Process>,
    pub deadline_ms: i64,
    lines: Mutex<Vec<HistoryLine>>,
}

impl Client {
    pub fn new(system: &Arc<System>, process: &Arc<Process>, deadline_ms: i64) -> Arc<Self> {
        Arc::new(Self {
            system: Arc::clone(system),
            process: Arc::clone(process),
            deadline_ms,
            lines: Mutex::default(),
        })
    }

    /// One order from its placement to the answer of its cancel and its read.
    pub async fn order(self: Arc<Self>, planned: Planned) {
        self.process.sleep_us(planned.at_us).await;
        let place = self.place(&planned);
        let cancel = async {
            if let Some(after_us) = planned.cancel_after_us {
                self.process.sleep_us(after_us).await;
                self.cancel(&planned).await;
            }
        };
        let (placed, ()) = futures::future::join(place, cancel).await;
        self.read(&planned, planned.op + 2, placed).await;
    }

    /// Until the read side shows how an order ended.
    pub async fn watch(self: Arc<Self>, planned: Planned) {
        loop {
            let changed = self.system.view.changed.notified();
            let row = self
                .system
                .view
                .rows()
                .orders
                .get(&planned.order_id)
                .cloned();
            if let Some(row) = row
                && row.status.is_terminal()
            {
                self.write(HistoryLine::Terminal {
                    op: planned.op,
                    at_us: self.now_us(),
                    outcome: Outcome {
                        status: word(row.status),
                        reason: row.reason.map(|reason| reason.as_str().to_owned()),
                    },
                    version: row.version,
                });
                return;
            }
            changed.await;
        }
    }

    async fn place(&self, planned: &Planned) -> Option<i64> {
        self.invoke(planned, planned.op, Action::Place(planned.place.clone()));
        let command = || Command::Place(self.placement(planned));
        let answer = self.ask(planned.order_id, command).await;
        let version = match &answer {
            Answer::Ok { version, .. } => Some(*version),
            Answer::Failed { .. } | Answer::Unknown(_) => None,
        };
        self.complete(planned.op, planned.order_id, answer);
        version
    }

    async fn cancel(&self, planned: &Planned) {
        let (op, order_id) = (planned.op + 1, planned.order_id);
        let action = Action::Cancel {
            of: planned.op,
            order_id: order_id.0,
        };
        self.invoke(planned, op, action);
        let answer = self
            .ask(order_id, || Command::RequestCancel { order_id })
            .await;
        self.complete(op, order_id, answer);
    }

    /// A storm may hold up the read side for as long as anybody reads. Then somebody comes back when it is over.
    pub async fn come_back(&self, orders: &[Planned]) {
        let (Some(first), Some(last)) = (orders.first(), orders.last()) else {
            return;
        };
        let reads: BTreeSet<u64> = orders.iter().map(|order| order.op + 2).collect();
        if !self.has_answered(&reads) {
            self.read(first, last.op + 3, None).await;
        }
    }

    async fn read(&self, planned: &Planned, op: u64, token: Option<i64>) {
        let order_id = planned.order_id;
        let action = Action::Read {
            of: planned.op,
            order_id: order_id.0,
            token,
        };
        self.invoke(planned, op, action);
        let view = &self.system.view;
        let row = || view.rows().orders.get(&order_id).cloned();
        let fresh = async {
            loop {
                let changed = view.changed.notified();
                if let Some(row) = row()
                    && row.version >= token.unwrap_or(0)
                {
                    return row;
                }
                changed.await;
            }
        };
        let clock = SimulatedClock(Arc::clone(&self.process));
        let fresh = within(&clock, TOKEN_WAIT, fresh).await;
        let stale = fresh.is_none();
        let at_us = self.now_us();
        self.write(match fresh.or_else(row) {
            Some(row) => HistoryLine::Ok {
                op,
                at_us,
                promise: Promise {
                    order_id: order_id.0,
                    version: Some(row.version),
                    status: Some(word(row.status)),
                    stale,
                    attempts: 1,
                },
            },
            None => HistoryLine::Failed {
                op,
                at_us,
                status: Some(503),
                why: "projection-behind".to_owned(),
            },
        });
    }
}

/// The word of the API for a status of the contract.
fn word(status: orders_contract::Status) -> Status {
    match status {
        orders_contract::Status::Placed => Status::Placed,
        orders_contract::Status::Confirmed => Status::Confirmed,
        orders_contract::Status::Rejected => Status::Rejected,
        orders_contract::Status::Cancelled => Status::Cancelled,
    }
}
