//! The receiver of one direction is gone, and the sender does not know yet.

use super::{connection::Ended, wire::Wire};
use crate::{
    fault::slow_close,
    rule::Way,
    subject::{Rules, Subject},
};
use amqp_proxy::lease::after;
use std::time::Duration;
use tokio::{
    io::AsyncReadExt,
    net::tcp::ReadHalf,
    time::{Instant, sleep_until},
};

/// What the one that is gone said last is on its way to the sender, who has so long to
/// take it unless a fault holds it.
const FAREWELL: Duration = Duration::from_secs(5);

/// Octets that go `way` are lost from now on. Ends when the sender shall know.
pub(super) async fn gone(
    wire: &Wire,
    way: Way,
    reader: &mut ReadHalf<'_>,
    rules: &mut Rules,
    buffer: &mut [u8],
) -> Ended {
    let since = Instant::now();
    let last_words = way.opposite();
    let mut talking = true;
    loop {
        let held = !rules.current().is_empty();
        let is_finished = wire.is_finished(last_words);
        let due = after(since, held_back(rules, &wire.subject, last_words));
        let next = match (is_finished, held) {
            (true, _) => Some(due),
            (false, false) => Some(since + FAREWELL),
            (false, true) => None,
        };
        let over = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = rules.changed() => {}
            () = over => return Ended::Reset,
            () = wire.finished(last_words), if !is_finished => {}
            read = reader.read(buffer), if talking => {
                talking = matches!(read, Ok(octets) if octets > 0);
            }
        }
    }
}

fn held_back(rules: &Rules, subject: &Subject, going: Way) -> Duration {
    (rules.live(Instant::now()))
        .filter_map(|armed| slow_close::worked(armed, subject, going))
        .fold(Duration::ZERO, Duration::saturating_add)
}
