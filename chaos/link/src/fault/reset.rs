//! Connections that end at once, with a reset.

use crate::{
    faults::Armed,
    rule::Fault,
    subject::{Rules, Subject},
};
use std::sync::Arc;
use tokio::{net::TcpStream, time::Instant};

/// What strikes a whole connection, whether or not anything moves on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    Reset,
    HalfOpen,
}

/// Until a rule strikes. A client `in_silence` cannot be silenced again.
pub async fn stroke(subject: &Subject, in_silence: bool) -> Stroke {
    let mut rules = subject.rules();
    loop {
        rules.current();
        if let Some(stroke) = find(&rules, subject, in_silence) {
            return stroke;
        }
        rules.changed().await;
    }
}

fn find(rules: &Rules, subject: &Subject, in_silence: bool) -> Option<Stroke> {
    let meant = |armed: &&Arc<Armed>| match armed.rule.fault {
        Fault::Reset => subject.was_open_for(armed),
        Fault::HalfOpen => subject.was_open_for(armed) && !in_silence,
        // Whoever was accepted in the last moment is refused as well.
        Fault::Refuse => true,
        _ => false,
    };
    (rules.live(Instant::now()))
        .filter(meant)
        .find(|armed| subject.touch(armed, None, 0))
        .map(|armed| match armed.rule.fault {
            Fault::HalfOpen => Stroke::HalfOpen,
            _ => Stroke::Reset,
        })
}

/// Whether the first octets of a connection are its last.
pub fn ends(rules: &Rules, subject: &Subject, octets: usize) -> bool {
    (rules.live(Instant::now()))
        .filter(|armed| armed.rule.fault == Fault::Reset)
        .any(|armed| subject.touch(armed, None, octets))
}

/// What is under way is lost with it, as with a machine that has forgotten the connection.
pub fn reset(stream: TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        tracing::debug!(%error, "closed, not reset");
    }
}
