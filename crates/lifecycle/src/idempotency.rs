//! The key under which a client may repeat a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::problem::{IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_MISSING, Problem};

/// Long enough for a UUID with a prefix, short enough for an index.
const LENGTH_MAX: usize = 128;

const HEADER: &str = "idempotency-key";

/// 1 to 128 visible ASCII characters of the client's choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > LENGTH_MAX || !visible {
            return Err(invalid());
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        match (values.next(), values.next()) {
            (None, _) => {
                let detail = "send a header Idempotency-Key of your choice, and the same one when you repeat the request";
                Err(Problem::new(IDEMPOTENCY_KEY_MISSING, detail))
            }
            (Some(value), None) => Self::parse(value.to_str().map_err(|_| invalid())?),
            (Some(_), Some(_)) => Err(invalid()),
        }
    }
}

fn invalid() -> Problem {
    let detail =
        format!("Idempotency-Key is one header of 1 to {LENGTH_MAX} visible ASCII characters");
    Problem::new(IDEMPOTENCY_KEY_INVALID, detail)
}

#[cfg(test)]
mod tests {
    use super::IdempotencyKey;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        for valid in ["k", &"k".repeat(128), "order~7/!"] {
            assert_eq!(IdempotencyKey::parse(valid).expect("valid").as_str(), valid);
        }
        for wrong in ["", &"k".repeat(129), "two words", "schlüssel", "tab\t"] {
            let problem = IdempotencyKey::parse(wrong).expect_err(wrong);
            assert_eq!(problem.type_slug, "idempotency-key-invalid");
        }
    }
}
