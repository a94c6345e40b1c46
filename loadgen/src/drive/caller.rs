//! A well-behaved caller: connections that are kept, the same key on every attempt, retries with backoff and within a
//! budget, `Retry-After` honoured, another gateway after a failure, a deadline for all of it, and an answer of three
//! values.

mod attempt;

use std::time::Duration;

use reqwest::{Client, Method, StatusCode, redirect};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use self::attempt::{Attempt, read};
use super::budget::RetryBudget;
use crate::clock::as_ms;
use crate::dice::Dice;

/// Requests for one operation. Five retries of doubling backoff span about three seconds; an outage that lasts
/// longer is for a person to notice.
const ATTEMPTS_MAX: u32 = 6;
const BACKOFF_FIRST: Duration = Duration::from_millis(100);

pub struct Caller {
    http: Client,
    gateways: Vec<String>,
    budget: RetryBudget,
    dice: Dice,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    pub key: Option<String>,
    pub traceparent: String,
    pub token: Option<i64>,
    /// For all attempts together.
    pub deadline: Duration,
    /// For one of them; longer for a request that is meant to be held.
    pub attempt: Duration,
    /// For the first one, by an impatient customer, who then sends it again at once. The gateway is not told.
    pub patience: Option<Duration>,
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A success.
    Ok(Success),
    /// Refused or never sent: it definitely did not happen.
    Failed {
        status: Option<u16>,
        problem: String,
    },
    /// It may have happened.
    Unknown { why: String },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Success {
    pub body: Value,
    pub token: Option<i64>,
    pub stale: bool,
    pub attempts: u32,
}

impl Caller {
    /// `connections`: as many are kept open for each gateway, and as many retries are in reserve: one for each order that
    /// may be under way.
    pub fn new(
        gateways: Vec<String>,
        dice: Dice,
        connections: usize,
    ) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            // A gateway is near: a connection that takes longer is not coming.
            .connect_timeout(Duration::from_secs(1))
            .pool_max_idle_per_host(connections)
            .tcp_nodelay(true)
            // A gateway sends nobody elsewhere; who followed would send an order to whoever is there.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self {
            http,
            gateways,
            budget: RetryBudget::new(connections as u64),
            dice: dice.salted("caller"),
        })
    }

    pub async fn call(&self, op: u64, request: &Request) -> Answer {
        let until = Instant::now() + request.deadline;
        // A read that watches is paced by what it waits for.
        let is_command = request.method != Method::GET;
        if is_command {
            self.budget.earn();
        }
        let first = self.dice.below(self.gateways.len() as u64, op, "gateway") as usize;
        let mut ambiguous: Option<String> = None;
        let mut last = (None, "no attempt was made in time".to_owned());
        for attempt in 0..ATTEMPTS_MAX {
            let gateway = &self.gateways[(first + attempt as usize) % self.gateways.len()];
            let patience = request.patience.filter(|_| attempt == 0);
            let after = match self.attempt(gateway, request, patience, until).await {
                Attempt::Ok { body, token, stale } => {
                    return Answer::Ok(Success {
                        body,
                        token,
                        stale,
                        attempts: attempt + 1,
                    });
                }
                Attempt::Refused { status, problem } => {
                    return match ambiguous {
                        // A conflict describes what is, whatever became of the attempts before.
                        None => Answer::Failed {
                            status: Some(status),
                            problem,
                        },
                        Some(_) if status == StatusCode::CONFLICT => Answer::Failed {
                            status: Some(status),
                            problem,
                        },
                        Some(why) => Answer::Unknown {
                            why: format!("{why}, then {status} {problem}"),
                        },
                    };
                }
                Attempt::NotYet { status, why, after } => {
                    last = (status, why);
                    after
                }
                Attempt::Lost { why, after } => {
                    ambiguous = Some(why);
                    after
                }
            };
            let pause = after.unwrap_or_else(|| self.backoff(op, attempt));
            let is_last = attempt + 1 == ATTEMPTS_MAX || Instant::now() + pause >= until;
            if is_last || (is_command && !self.budget.spend()) {
                break;
            }
            sleep(pause).await;
        }
        match ambiguous {
            Some(why) => Answer::Unknown { why },
            None => Answer::Failed {
                status: last.0,
                problem: last.1,
            },
        }
    }

    /// Doubling, and up to half of it less, so that callers who failed together do not come back together.
    fn backoff(&self, op: u64, attempt: u32) -> Duration {
        let full = BACKOFF_FIRST * 2_u32.pow(attempt);
        full.mul_f64(1.0 - 0.5 * self.dice.fraction(op + u64::from(attempt), "backoff"))
    }

    async fn attempt(
        &self,
        gateway: &str,
        request: &Request,
        patience: Option<Duration>,
        until: Instant,
    ) -> Attempt {
        let now = Instant::now();
        let until = until.min(now + request.attempt);
        let left = until.saturating_duration_since(now);
        let until = patience.map_or(until, |patience| until.min(now + patience));
        let url = format!("{gateway}{}", request.path);
        let mut sending = self
            .http
            .request(request.method.clone(), url)
            .header("traceparent", &request.traceparent)
            .header("deadline-ms", as_ms(left).to_string());
        if let Some(key) = &request.key {
            sending = sending.header("idempotency-key", key);
        }
        if let Some(token) = request.token {
            sending = sending.header("consistency-token", token.to_string());
        }
        if let Some(body) = &request.body {
            sending = sending.json(body);
        }
        match timeout_at(until, async { read(sending.send().await?).await }).await {
            Ok(Ok(attempt)) => attempt,
            Ok(Err(error)) if error.is_connect() => Attempt::NotYet {
                status: None,
                why: format!("not connected: {}", cause(&error)),
                after: None,
            },
            Ok(Err(error)) => Attempt::Lost {
                why: cause(&error),
                after: None,
            },
            Err(_) => Attempt::Lost {
                why: "no answer in time".into(),
                // Who did not wait for the answer does not wait to ask again.
                after: patience.map(|_| Duration::ZERO),
            },
        }
    }
}

/// The innermost reason; the outer ones repeat the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
