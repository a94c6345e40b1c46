//! A well-behaved caller: the same key on every attempt, bounded retries with backoff, `Retry-After` honoured,
//! another gateway after a failure, a deadline for all of it, and an answer of three values.

use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use crate::clock::as_ms;
use crate::dice::Dice;

/// Requests for one operation. Five retries of doubling backoff span about three seconds; an outage that lasts
/// longer is for a person to notice.
const ATTEMPTS_MAX: u32 = 6;
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
/// An answer names its problem in a few hundred bytes and an order fits in a few thousand.
const BODY_BYTES_MAX: usize = 1 << 20;

pub struct Caller {
    http: Client,
    gateways: Vec<String>,
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

/// What became of one attempt.
enum Attempt {
    Ok {
        body: Value,
        token: Option<i64>,
        stale: bool,
    },
    /// A refusal of the request as such: sending it again changes nothing.
    Refused { status: u16, problem: String },
    /// It did not happen, and may if it is sent again.
    NotYet {
        status: Option<u16>,
        why: String,
        after: Option<Duration>,
    },
    /// Sent, and nobody knows.
    Lost {
        why: String,
        after: Option<Duration>,
    },
}

impl Caller {
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
            .build()?;
        Ok(Self {
            http,
            gateways,
            dice: dice.salted("caller"),
        })
    }

    pub async fn call(&self, op: u64, request: &Request) -> Answer {
        let until = Instant::now() + request.deadline;
        let mut ambiguous: Option<String> = None;
        let mut last = (None, "no attempt was made in time".to_owned());
        for attempt in 0..ATTEMPTS_MAX {
            let gateway = &self.gateways[(op as usize + attempt as usize) % self.gateways.len()];
            let after = match self.attempt(gateway, request, until).await {
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
            if attempt + 1 == ATTEMPTS_MAX || Instant::now() + pause >= until {
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

    async fn attempt(&self, gateway: &str, request: &Request, until: Instant) -> Attempt {
        let until = until.min(Instant::now() + request.attempt);
        let left = until.saturating_duration_since(Instant::now());
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
                after: None,
            },
        }
    }
}

async fn read(response: Response) -> Result<Attempt, reqwest::Error> {
    let status = response.status();
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let token = header("consistency-token").and_then(|token| token.parse().ok());
    let stale = header("consistency").is_some_and(|value| value == "stale");
    let after = header("retry-after")
        .and_then(|s| s.parse().ok())
        .map(Duration::from_secs);
    if response
        .content_length()
        .is_some_and(|len| len > BODY_BYTES_MAX as u64)
    {
        return Ok(Attempt::Lost {
            why: "an answer of more than a megabyte".into(),
            after,
        });
    }
    let body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
    Ok(classify(status, body, token, stale, after))
}

fn classify(
    status: StatusCode,
    body: Value,
    token: Option<i64>,
    stale: bool,
    after: Option<Duration>,
) -> Attempt {
    let problem = body["type"]
        .as_str()
        .unwrap_or("no problem type")
        .trim_start_matches("/problems/")
        .to_owned();
    let code = status.as_u16();
    match code {
        200..=299 => Attempt::Ok { body, token, stale },
        // Said before anything is done: nobody to ask, too many asking, no room to remember it.
        429 => Attempt::NotYet {
            status: Some(code),
            why: problem,
            after,
        },
        503 if matches!(problem.as_str(), "no-instance" | "outbox-full") => Attempt::NotYet {
            status: Some(code),
            why: problem,
            after,
        },
        500..=599 => Attempt::Lost {
            why: format!("{code} {problem}"),
            after,
        },
        _ => Attempt::Refused {
            status: code,
            problem,
        },
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
