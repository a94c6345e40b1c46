//! YAML files that people write: read into a type, or answered with every mistake in them.
//!
//! A mistake has its line, its column and the nearest thing that was meant. The JSON Schema that finds them is made of
//! the type that the file is read into: the two cannot differ, and editors can have it.
//!
//! # Layout
//! - [`Document`]: what a type adds so that files are read into it
//! - [`file`]: from a path or a text to the type, or to the mistakes
//! - [`tree`]: YAML with the place of every node
//! - [`check`]: a tree against a schema
//! - [`span`]: a length of time as people write it
//! - `conformance` (a feature): what every kind of file keeps, as tests

#![forbid(unsafe_code)]

pub mod check;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod document;
pub mod file;
pub mod span;
pub mod tree;

pub use check::{Mistake, meant};
pub use document::{Breach, Document, Format};
pub use file::{FileError, parse, read, schema};
pub use span::Span;
pub use tree::Place;
