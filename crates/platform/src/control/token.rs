//! Only holders of the token: the API kills processes, and other users of the machine reach loopback too.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;
use super::problem::Problem;
use crate::secret;

pub async fn required(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if presents(request.headers(), &shared.token) {
        return Ok(next.run(request).await);
    }
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "The token is missing or wrong",
        "send `Authorization: Bearer <token>` with control_token of the run's secrets.json",
    ))
}

fn presents(headers: &HeaderMap, token: &str) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, given)| {
            scheme.eq_ignore_ascii_case("bearer") && secret::same(given, token)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_as_a_bearer_opens() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
            presents(&headers, "secret")
        };
        assert!(with("Bearer secret"));
        assert!(with("bearer secret"));
        for wrong in [
            "Bearer secre",
            "Bearer",
            "secret",
            "Basic secret",
            "Bearer  secret",
        ] {
            assert!(!with(wrong), "{wrong}");
        }
        assert!(!presents(&HeaderMap::new(), "secret"));
    }
}
