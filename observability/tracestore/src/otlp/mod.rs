//! OTLP as it comes in: protobuf read in place, checked whole before anything is kept.

mod check;
mod fields;
mod request;
mod response;
pub(crate) mod schema;

pub use check::Malformed;
pub(crate) use fields::{Fields, Payload, varint_from, varint_into};
pub use request::{Batch, OriginRef, SUBJECT_ATTRIBUTE, SpanRef, parse};
pub use response::{export_response, status};
