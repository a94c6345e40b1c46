//! The life of one order: placed, perhaps cancelled, perhaps read back, watched until it ends, perhaps read again.

use std::time::Duration;

use checkers::history::{Action, HistoryLine, Invocation, Outcome, Place, Promise, Status};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::Drive;
use super::caller::{Answer, Request};
use super::plan::{Plan, ReadBack};
use super::trace_ids::TraceIds;
use crate::clock::{as_ms, now_us};

/// A command's answer needs one transaction; most of this is for retries during a restart.
const COMMAND_DEADLINE: Duration = Duration::from_secs(20);
const COMMAND_ATTEMPT: Duration = Duration::from_secs(5);
/// A held read comes back this often, so that a gateway that dies costs this much at most.
const HOLD: Duration = Duration::from_secs(10);
/// A saga's own deadline is 30 s, and an outage may come before it ends; longer is the judge's business.
pub const WATCH: Duration = Duration::from_secs(90);

impl Drive {
    /// One order from its intended start to its end, or as far as it can be seen.
    pub async fn order(&self, plan: &Plan, ids: &TraceIds, intended_us: u64) {
        let Some(answer) = self.place(plan, ids, intended_us).await else {
            return;
        };
        let watch = self.watch(plan, ids, answer.order_id, answer.version, intended_us);
        let cancel = async {
            if let Some(after) = plan.cancel_after {
                sleep(after).await;
                self.cancel(plan, ids, answer.order_id).await;
            }
        };
        let read = async {
            let token = match plan.read_back {
                ReadBack::No => return,
                ReadBack::WithToken => answer.version,
                ReadBack::WithoutToken => None,
            };
            let op = plan.read_op();
            self.read(op, plan, ids, answer.order_id, token).await;
        };
        tokio::join!(watch, cancel, read);
        if plan.read_back != ReadBack::No {
            // Its end was seen: no token is needed for it to be seen again.
            let op = plan.read_again_op();
            self.read(op, plan, ids, answer.order_id, None).await;
        }
    }

    /// The promise, when there is one.
    pub async fn place(&self, plan: &Plan, ids: &TraceIds, intended_us: u64) -> Option<Promise> {
        let request = place_request(plan, ids);
        let action = Action::Place(plan.place.clone());
        let promise = self
            .operation(
                plan.op,
                plan.session,
                ids,
                intended_us,
                action,
                &request,
                None,
            )
            .await?;
        self.tally
            .acknowledged(now_us().saturating_sub(intended_us));
        Some(promise)
    }

    async fn cancel(&self, plan: &Plan, ids: &TraceIds, order_id: Uuid) {
        let request = Request {
            method: Method::POST,
            path: format!("/orders/{order_id}/cancel"),
            body: None,
            key: None,
            traceparent: ids.sampled(),
            token: None,
            deadline: COMMAND_DEADLINE,
            attempt: COMMAND_ATTEMPT,
            patience: None,
        };
        let action = Action::Cancel {
            of: plan.op,
            order_id,
        };
        let op = plan.cancel_op();
        self.operation(
            op,
            plan.session,
            ids,
            now_us(),
            action,
            &request,
            Some(order_id),
        )
        .await;
    }

    async fn read(&self, op: u64, plan: &Plan, ids: &TraceIds, order_id: Uuid, token: Option<i64>) {
        let request = Request {
            method: Method::GET,
            path: format!("/orders/{order_id}"),
            body: None,
            key: None,
            traceparent: ids.unsampled(),
            token,
            deadline: COMMAND_DEADLINE,
            attempt: COMMAND_ATTEMPT,
            patience: None,
        };
        let action = Action::Read {
            of: plan.op,
            order_id,
            token,
        };
        self.operation(
            op,
            plan.session,
            ids,
            now_us(),
            action,
            &request,
            Some(order_id),
        )
        .await;
    }

    /// Invocation, call, completion: written down before it is sent, and when it came back.
    #[expect(
        clippy::too_many_arguments,
        reason = "an operation is these seven things"
    )]
    async fn operation(
        &self,
        op: u64,
        session: u32,
        ids: &TraceIds,
        intended_us: u64,
        action: Action,
        request: &Request,
        known: Option<Uuid>,
    ) -> Option<Promise> {
        let may_be_early = matches!(action, Action::Read { token: None, .. });
        let invocation = Invocation {
            op,
            session,
            trace_id: ids.trace_id.clone(),
            span_id: ids.span_id.clone(),
            intended_us,
            sent_us: now_us(),
            action,
        };
        if !self.recorder.record(HistoryLine::Invoke(invocation)).await {
            return None;
        }
        let answer = self.caller.call(op, request).await;
        let at_us = now_us();
        let (line, promise) = match answer {
            Answer::Ok(success) => match promise(&success.body, known) {
                Ok(mut promise) => {
                    promise.stale = success.stale;
                    promise.attempts = success.attempts;
                    (
                        HistoryLine::Ok {
                            op,
                            at_us,
                            promise: promise.clone(),
                        },
                        Some(promise),
                    )
                }
                Err(why) => {
                    self.tally
                        .unknown
                        .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    (HistoryLine::Unknown { op, at_us, why }, None)
                }
            },
            Answer::Failed { status, problem } => {
                // Past the pivot is an answer, and so is that an order is not there yet: no trouble.
                let is_answer = match status {
                    Some(409) => true,
                    Some(404) => may_be_early,
                    _ => false,
                };
                if !is_answer {
                    self.tally
                        .failed
                        .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
                (
                    HistoryLine::Failed {
                        op,
                        at_us,
                        status,
                        why: problem,
                    },
                    None,
                )
            }
            Answer::Unknown { why } => {
                self.tally
                    .unknown
                    .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                (HistoryLine::Unknown { op, at_us, why }, None)
            }
        };
        self.recorder.record(line).await;
        promise
    }

    /// Held reads until the order has ended.
    async fn watch(
        &self,
        plan: &Plan,
        ids: &TraceIds,
        order_id: Uuid,
        token: Option<i64>,
        intended_us: u64,
    ) {
        let until = Instant::now() + WATCH;
        let request = Request {
            method: Method::GET,
            path: format!("/orders/{order_id}?wait=terminal&wait_ms={}", as_ms(HOLD)),
            body: None,
            key: None,
            traceparent: ids.unsampled(),
            token,
            deadline: HOLD + COMMAND_ATTEMPT,
            attempt: HOLD + COMMAND_ATTEMPT,
            patience: None,
        };
        while Instant::now() < until {
            if let Answer::Ok(success) = self.caller.call(plan.op, &request).await
                && let Some((outcome, version)) = end(&success.body, order_id)
            {
                let at_us = now_us();
                let latency_us = at_us.saturating_sub(intended_us);
                self.tally
                    .ended(&plan.place.coordination, &outcome, latency_us);
                let line = HistoryLine::Terminal {
                    op: plan.op,
                    at_us,
                    outcome,
                    version,
                };
                self.recorder.record(line).await;
                return;
            }
            // The caller has backed off already; a refused read is one too early, and an answer without an end in it may
            // have come at once.
            sleep(Duration::from_millis(100)).await;
        }
    }
}

pub fn place_request(plan: &Plan, ids: &TraceIds) -> Request {
    Request {
        method: Method::POST,
        path: "/orders".into(),
        body: Some(body(&plan.place)),
        key: Some(plan.place.key.clone()),
        traceparent: ids.sampled(),
        token: None,
        deadline: COMMAND_DEADLINE,
        attempt: COMMAND_ATTEMPT,
        patience: plan.patience,
    }
}

fn body(place: &Place) -> Value {
    json!({
        "customer": place.customer,
        "lines": place.lines,
        "ship_to": {"country": place.country, "postcode": place.postcode},
        "coordination": place.coordination,
    })
}

/// Of the order that was asked for, where it is known which: an answer about another one says nothing about it.
fn promise(body: &Value, known: Option<Uuid>) -> Result<Promise, String> {
    let order_id: Option<Uuid> = body["order_id"].as_str().and_then(|id| id.parse().ok());
    let order_id = order_id.ok_or("a success without an order in it")?;
    if known.is_some_and(|known| known != order_id) {
        return Err(format!("a success about another order: {order_id}"));
    }
    Ok(Promise {
        order_id,
        version: body["version"].as_i64(),
        status: body["status"].as_str().and_then(Status::parse),
        stale: false,
        attempts: 1,
    })
}

fn end(body: &Value, order_id: Uuid) -> Option<(Outcome, i64)> {
    promise(body, Some(order_id)).ok()?;
    let status = Status::parse(body["status"].as_str()?).filter(|status| status.is_terminal())?;
    let reason = body["reason"].as_str().map(str::to_owned);
    Some((Outcome { status, reason }, body["version"].as_i64()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_order_has_not_ended() {
        let order_id = Uuid::from_u128(1);
        let open = json!({"order_id": order_id, "status": "placed", "version": 1});
        assert_eq!(end(&open, order_id), None);
        let rejected = json!({"order_id": order_id, "status": "rejected",
            "reason": "out_of_stock", "version": 2});
        let ended = Some((Outcome::rejected("out_of_stock"), 2));
        assert_eq!(end(&rejected, order_id), ended);
    }

    #[test]
    fn the_end_of_another_order_is_not_the_end_of_this_one() {
        let other = Uuid::from_u128(2);
        let body = json!({"order_id": other, "status": "confirmed", "version": 3});
        assert_eq!(end(&body, Uuid::from_u128(1)), None);
        assert_eq!(end(&body, other), Some((Outcome::confirmed(), 3)));
        let nobodys = json!({"status": "confirmed", "version": 3});
        assert_eq!(end(&nobodys, other), None);
    }
}
