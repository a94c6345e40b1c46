//! Requests that are answered in the upstream's name, with an error.

use crate::{
    rule::{Fault, Way},
    subject::{Rules, Subject},
};
use std::{num::NonZeroU16, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

/// A client that is still sending its request when the answer comes: closing on it would be a reset, and the answer
/// lost.
const SENT_WITHIN: Duration = Duration::from_secs(2);

/// The status that these octets of a request are answered with.
pub fn status(rules: &Rules, subject: &Subject, going: Way, octets: usize) -> Option<NonZeroU16> {
    if going != Way::ToUpstream {
        return None;
    }
    (rules.live(Instant::now())).find_map(|armed| match armed.rule.fault {
        Fault::AnswerError { status } => {
            subject.touch(armed, Some(going), octets).then_some(status)
        }
        _ => None,
    })
}

/// The last that the client hears on this connection.
pub async fn answer(mut client: TcpStream, status: NonZeroU16) {
    let answer = format!(
        "HTTP/1.1 {status} Error\r\ncontent-type: text/plain\r\ncontent-length: 6\r\nconnection: close\r\n\r\nchaos\n"
    );
    let telling = async {
        client.write_all(answer.as_bytes()).await?;
        client.shutdown().await?;
        let mut rest = [0; 4096];
        while client.read(&mut rest).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    if !matches!(timeout(SENT_WITHIN, telling).await, Ok(Ok(()))) {
        tracing::debug!(status, "a client may not have heard its error");
    }
}
