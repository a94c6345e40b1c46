//! What one answer says of one attempt.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::Value;

/// An answer names its problem in a few hundred bytes and an order fits in a few thousand.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Who is told to come back later than in an hour is told not to come back.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// What every refusal of a gateway begins its type with.
const PROBLEMS: &str = "/problems/";

/// What became of one attempt.
pub enum Attempt {
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

pub async fn read(mut response: Response) -> Result<Attempt, reqwest::Error> {
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
        .map(|s| Duration::from_secs(s).min(RETRY_AFTER_MAX));
    let mut body: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > BODY_BYTES_MAX {
            return Ok(Attempt::Lost {
                why: "an answer of more than a megabyte".into(),
                after,
            });
        }
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
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
        .and_then(|kind| kind.strip_prefix(PROBLEMS));
    let code = status.as_u16();
    let problem = match (code, problem) {
        (200..=299, _) if body.is_object() => return Attempt::Ok { body, token, stale },
        // Something that is not our gateway, or not in order: a page, half an answer.
        (200..=299, _) => {
            return Attempt::Lost {
                why: format!("{code} without a JSON object"),
                after,
            };
        }
        (_, Some(problem)) => problem.to_owned(),
        // Nor can that refuse for it: what lies behind it may have done what was asked.
        (_, None) => {
            return Attempt::Lost {
                why: format!("{code} without a problem of the gateway's"),
                after,
            };
        }
    };
    match code {
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
        400..=499 => Attempt::Refused {
            status: code,
            problem,
        },
        // A server's trouble, or a status that a gateway never sends.
        _ => Attempt::Lost {
            why: format!("{code} {problem}"),
            after,
        },
    }
}
