//! What a client says of itself in `connection.start-ok`.

use crate::frame::{Value, find};

#[derive(Debug, Default)]
pub struct Client {
    /// As operators see it in the broker's list of connections.
    pub name: Option<Vec<u8>>,
    /// It takes a `basic.cancel` that it did not ask for.
    pub takes_cancel: bool,
    /// It takes `connection.blocked`.
    pub takes_blocked: bool,
}

impl Client {
    /// From the table of client properties.
    pub fn learn(properties: &[u8]) -> Self {
        let capabilities = match find(properties, b"capabilities") {
            Some(Value::Table(capabilities)) => capabilities,
            _ => &[],
        };
        let can = |name: &[u8]| find(capabilities, name) == Some(Value::Flag(true));
        Self {
            name: (find(properties, b"connection_name").and_then(Value::text))
                .map(|name| name.into_owned()),
            takes_cancel: can(b"consumer_cancel_notify"),
            takes_blocked: can(b"connection.blocked"),
        }
    }
}
