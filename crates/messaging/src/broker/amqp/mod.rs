//! RabbitMQ over lapin.
//!
//! - [`connection`]: a connection that can always be cut, connect with a deadline.
//! - [`declare`]: the topology as AMQP arguments.
//! - [`publisher`]: confirms and returns, matched by message id.
//! - [`consumer`]: batches of what is ready, acknowledgements that are checked.
//! - [`tail`]: a stream queue from an offset.
//! - [`convert`]: properties and headers, both ways.
//!
//! lapin's automatic recovery stays off: it turns a lost channel into a consumer that
//! is silent for ever.

mod connection;
mod consumer;
mod convert;
mod declare;
mod publisher;
mod tail;

pub use connection::{AmqpBroker, AmqpSession, InvalidUri};
pub use consumer::AmqpConsumer;
pub use publisher::AmqpPublisher;
pub use tail::AmqpTail;

use super::BrokerError;
use std::{future::Future, time::Duration};

/// Connecting, declaring and acknowledging are one round trip each: milliseconds when
/// all is well, and seconds on a broker that elects a leader.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// `work` within [`ANSWER_TIMEOUT`], with lapin's error translated.
async fn answered<T>(
    what: &'static str,
    work: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match tokio::time::timeout(ANSWER_TIMEOUT, work).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(translated(&error)),
        Err(_) => Err(BrokerError::Silent(what)),
    }
}

fn translated(error: &lapin::Error) -> BrokerError {
    use lapin::ErrorKind;
    match error.kind() {
        ErrorKind::IOError(cause) => BrokerError::Unreachable(cause.to_string()),
        ErrorKind::ProtocolError(cause) => match cause.get_id() {
            // access-refused, precondition-failed, not-allowed: only a person can help.
            403 | 406 | 530 => BrokerError::Refused(cause.to_string()),
            _ => BrokerError::Ended(cause.to_string()),
        },
        _ => BrokerError::Ended(error.to_string()),
    }
}
