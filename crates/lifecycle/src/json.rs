//! JSON bodies in and out; what is wrong with one becomes the problem that says so.

mod refusal;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::problem::{BODY_TOO_LARGE, MALFORMED_JSON, Problem, UNSUPPORTED_MEDIA_TYPE, WRONG_TYPE};

/// A body: an order of 64 lines with the longest SKUs takes about 8 KiB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON body, extracted or answered.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let detail = "send the body with Content-Type: application/json";
            return Err(Problem::new(UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = read(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Parses a body that is at hand already, with the same problems.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    object(bytes)?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(refusal::of)?;
    json.end()
        .map_err(|error| Problem::new(MALFORMED_JSON, error.to_string()))?;
    Ok(value)
}

/// A body is an object. serde would also take an array for a struct, by position.
fn object(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.trim_ascii_start().first() == Some(&b'{') {
        return Ok(());
    }
    Err(match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => Problem::new(WRONG_TYPE, "the body is not an object"),
        Err(error) => Problem::new(MALFORMED_JSON, error.to_string()),
    })
}

/// The whole body within its limit. How long it may take is the deadline's business.
async fn read(body: Body) -> Result<bytes::Bytes, Problem> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Problem::new(MALFORMED_JSON, "the body ended early")),
    }
}

/// The refusal of a body beyond [`BODY_BYTES_MAX`].
pub fn too_large() -> Problem {
    let detail = format!("a body has at most {BODY_BYTES_MAX} bytes");
    Problem::new(BODY_TOO_LARGE, detail)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str())
    else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}
