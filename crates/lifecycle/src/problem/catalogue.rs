//! The types of problem, as data: the answers use them, the API documentation lists them.
//!
//! A slug is part of the API. It is never renamed and never used for anything else.

use axum::http::StatusCode;

use super::ProblemType;

pub const MALFORMED_JSON: ProblemType = ProblemType {
    slug: "malformed-json",
    status: StatusCode::BAD_REQUEST,
    title: "The body is not JSON",
    meaning: "The body does not parse as one JSON document. Correct it and send it again.",
};

pub const WRONG_TYPE: ProblemType = ProblemType {
    slug: "wrong-type",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "A value has the wrong type",
    meaning: "A member of the body has another type than the API asks for; pointer names it.",
};

pub const UNKNOWN_FIELD: ProblemType = ProblemType {
    slug: "unknown-field",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "A field is not known",
    meaning: "The body has a member that the API does not know; it is refused, because ignoring a misspelt member would do something else than asked.",
};

pub const MISSING_FIELD: ProblemType = ProblemType {
    slug: "missing-field",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "A field is missing",
    meaning: "The body lacks a member that is required.",
};

pub const OUT_OF_RANGE: ProblemType = ProblemType {
    slug: "out-of-range",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "A number is out of range",
    meaning: "A number is zero, negative or too large for what it stands for; pointer names it.",
};

pub const EMPTY_ORDER: ProblemType = ProblemType {
    slug: "empty-order",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "The order has no lines",
    meaning: "An order needs at least one line.",
};

pub const TOO_MANY_LINES: ProblemType = ProblemType {
    slug: "too-many-lines",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "The order has too many lines",
    meaning: "An order has at most 64 lines. Split it.",
};

pub const UNKNOWN_COORDINATION: ProblemType = ProblemType {
    slug: "unknown-coordination",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "The coordination is not known",
    meaning: "coordination is choreography or orchestration, or is left out.",
};

pub const INVALID_IDENTIFIER: ProblemType = ProblemType {
    slug: "invalid-identifier",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "An identifier is not well formed",
    meaning: "Customers and SKUs are 1 to 64 characters of A-Z a-z 0-9 . _ -, orders are UUIDs.",
};

pub const INVALID_QUERY: ProblemType = ProblemType {
    slug: "invalid-query",
    status: StatusCode::BAD_REQUEST,
    title: "The query is not valid",
    meaning: "A query parameter is unknown, malformed or out of its range.",
};

pub const IDEMPOTENCY_KEY_MISSING: ProblemType = ProblemType {
    slug: "idempotency-key-missing",
    status: StatusCode::BAD_REQUEST,
    title: "The Idempotency-Key is missing",
    meaning: "This call changes something and needs the header Idempotency-Key, so that it can be repeated safely.",
};

pub const IDEMPOTENCY_KEY_INVALID: ProblemType = ProblemType {
    slug: "idempotency-key-invalid",
    status: StatusCode::BAD_REQUEST,
    title: "The Idempotency-Key is not valid",
    meaning: "Idempotency-Key is one header of 1 to 128 visible ASCII characters.",
};

pub const IDEMPOTENCY_KEY_REUSED: ProblemType = ProblemType {
    slug: "idempotency-key-reused",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    title: "The Idempotency-Key was used for something else",
    meaning: "The same key came before with another body. Use a new key for a new intent.",
};

pub const BODY_TOO_LARGE: ProblemType = ProblemType {
    slug: "body-too-large",
    status: StatusCode::PAYLOAD_TOO_LARGE,
    title: "The body is too large",
    meaning: "A body has at most 64 KiB.",
};

pub const UNSUPPORTED_MEDIA_TYPE: ProblemType = ProblemType {
    slug: "unsupported-media-type",
    status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
    title: "The content type is not supported",
    meaning: "Bodies are sent as Content-Type: application/json.",
};

pub const UNKNOWN_ORDER: ProblemType = ProblemType {
    slug: "unknown-order",
    status: StatusCode::NOT_FOUND,
    title: "There is no such order",
    meaning: "No order has this id.",
};

pub const UNKNOWN_SKU: ProblemType = ProblemType {
    slug: "unknown-sku",
    status: StatusCode::NOT_FOUND,
    title: "There is no such SKU",
    meaning: "No SKU has this name; 422 when an order line names it, 404 when the path does.",
};

pub const UNKNOWN_ACCOUNT: ProblemType = ProblemType {
    slug: "unknown-account",
    status: StatusCode::NOT_FOUND,
    title: "There is no such account",
    meaning: "No account has this name; the first deposit creates it.",
};

pub const UNKNOWN_ROUTE: ProblemType = ProblemType {
    slug: "unknown-route",
    status: StatusCode::NOT_FOUND,
    title: "There is nothing at this path",
    meaning: "The API has no such path.",
};

pub const METHOD_NOT_ALLOWED: ProblemType = ProblemType {
    slug: "method-not-allowed",
    status: StatusCode::METHOD_NOT_ALLOWED,
    title: "The path does not take this method",
    meaning: "The path exists, the method does not; the header Allow lists those that do.",
};

pub const PAST_PIVOT: ProblemType = ProblemType {
    slug: "past-pivot",
    status: StatusCode::CONFLICT,
    title: "The order can no longer be cancelled",
    meaning: "The shipment is arranged; the order is driven to confirmed.",
};

pub const PROJECTION_BEHIND: ProblemType = ProblemType {
    slug: "projection-behind",
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "The read side has not seen this order yet",
    meaning: "The order may exist; the projection has not reached it in time. Ask again after Retry-After.",
};

pub const OUTBOX_FULL: ProblemType = ProblemType {
    slug: "outbox-full",
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "Too many messages wait for the broker",
    meaning: "Nothing was accepted. Send the same request, with the same key, after Retry-After.",
};

pub const DATABASE_UNAVAILABLE: ProblemType = ProblemType {
    slug: "database-unavailable",
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "The database is away",
    meaning: "Send the same request, with the same key, after Retry-After.",
};

pub const NO_INSTANCE: ProblemType = ProblemType {
    slug: "no-instance",
    status: StatusCode::SERVICE_UNAVAILABLE,
    title: "No instance of the service is known",
    meaning: "Nothing was sent on, nothing was done. Ask again after Retry-After.",
};

pub const UPSTREAM_FAILED: ProblemType = ProblemType {
    slug: "upstream-failed",
    status: StatusCode::BAD_GATEWAY,
    title: "The service did not answer",
    meaning: "The request was sent on and the answer was lost: it may have been done. Send it again with the same key, or read the state.",
};

pub const DEADLINE_EXCEEDED: ProblemType = ProblemType {
    slug: "deadline-exceeded",
    status: StatusCode::GATEWAY_TIMEOUT,
    title: "The deadline passed",
    meaning: "The request may still have been done. Send it again with the same key, or read the state.",
};

/// Every type there is.
pub const CATALOGUE: &[ProblemType] = &[
    MALFORMED_JSON,
    WRONG_TYPE,
    UNKNOWN_FIELD,
    MISSING_FIELD,
    OUT_OF_RANGE,
    EMPTY_ORDER,
    TOO_MANY_LINES,
    UNKNOWN_COORDINATION,
    INVALID_IDENTIFIER,
    INVALID_QUERY,
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_INVALID,
    IDEMPOTENCY_KEY_REUSED,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    UNKNOWN_ORDER,
    UNKNOWN_SKU,
    UNKNOWN_ACCOUNT,
    UNKNOWN_ROUTE,
    METHOD_NOT_ALLOWED,
    PAST_PIVOT,
    PROJECTION_BEHIND,
    OUTBOX_FULL,
    DATABASE_UNAVAILABLE,
    NO_INSTANCE,
    UPSTREAM_FAILED,
    DEADLINE_EXCEEDED,
];

/// The type with this slug.
pub fn by_slug(slug: &str) -> Option<ProblemType> {
    CATALOGUE.iter().find(|kind| kind.slug == slug).copied()
}
