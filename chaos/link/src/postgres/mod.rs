//! The PostgreSQL protocol, as far as it takes to know a commit and its answer.
//!
//! - [`messages`]: a stream cut into messages without copying their bodies.
//! - [`frontend`]: what the client says: start-up, commits, and how often the server will
//!   say that it is ready.
//! - [`backend`]: what the server says: how often it was ready.
//! - [`conversation`]: both, and between them the answer to one commit.
//!
//! What is encrypted or malformed is not understood from then on, and passes as it is.
//!
//! Known as a commit: a simple query that is `COMMIT` and nothing else. A commit by another
//! name (`END`), among other statements, or prepared passes unseen.

pub mod backend;
pub mod conversation;
pub mod frontend;
pub mod messages;

pub use conversation::{Conversation, Request, Share};
pub use frontend::Commit;

/// No longer the protocol, or no longer readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque;
