//! Golden messages: the wire form of a contract, as it was agreed. A change of one
//! breaks whoever listens.

use crate::{Destination, Incoming, Outgoing};
use uuid::Uuid;

/// Each kind of `M` has its golden message, as `(id, body)`: it parses and says the
/// same again under the same id; in another version or under another kind it is
/// refused. All go to `destination` and belong to the saga of `correlation_id`.
///
/// # Panics
/// If not: this is an assertion for tests.
#[track_caller]
pub fn assert_golden<M: Incoming + Outgoing>(
    kinds: &[&str],
    destination: Destination,
    correlation_id: Option<Uuid>,
    golden: &[(&str, &str)],
) {
    assert_eq!(kinds.len(), golden.len(), "one golden message a kind");
    for (kind, (id, text)) in kinds.iter().zip(golden) {
        let message = match M::parse(kind, 1, text.as_bytes()) {
            Ok(message) => message,
            Err(error) => panic!("{kind}: {error}"),
        };
        assert_eq!(message.kind(), *kind);
        assert_eq!(message.id().to_string(), *id, "{kind}");
        assert_eq!(message.destination(), destination, "{kind}");
        assert_eq!(Outgoing::correlation_id(&message), correlation_id, "{kind}");
        assert_eq!(Incoming::correlation_id(&message), correlation_id, "{kind}");
        assert_eq!(String::from_utf8_lossy(&message.encode()), *text);
        assert!(M::parse(kind, 2, text.as_bytes()).is_err(), "{kind} 2");
        assert!(M::parse("no.such", 1, text.as_bytes()).is_err());
        let truncated = &text.as_bytes()[..text.len() - 1];
        assert!(M::parse(kind, 1, truncated).is_err(), "{kind}, cut short");
    }
}
