//! What the two directions of a connection share.

use super::Protocol;
use crate::{
    postgres::{Commit, Conversation},
    rule::Way,
    subject::Subject,
};
use amqp_proxy::lease::locked;
use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::watch;

#[derive(Debug)]
pub(super) struct Wire {
    pub subject: Subject,
    conversation: Option<Mutex<Conversation>>,
    answered: watch::Sender<bool>,
    to_upstream: Receiver,
    to_client: Receiver,
}

/// Who octets of one direction are for.
#[derive(Debug)]
struct Receiver {
    /// It has heard that there is no more.
    finished: watch::Sender<bool>,
    /// It was reset.
    crashed: AtomicBool,
}

impl Wire {
    pub fn new(subject: Subject, protocol: Protocol) -> Self {
        Self {
            subject,
            conversation: match protocol {
                Protocol::Opaque => None,
                Protocol::Postgres => Some(Mutex::default()),
            },
            answered: watch::Sender::new(false),
            to_upstream: Receiver::new(),
            to_client: Receiver::new(),
        }
    }

    /// How many of the octets may pass at once, and the commit that they end with.
    pub fn says(&self, going: Way, octets: &[u8]) -> (usize, Option<Commit>) {
        let Some(conversation) = &self.conversation else {
            return (octets.len(), None);
        };
        let mut conversation = locked(conversation);
        match going {
            Way::ToUpstream => {
                let request = conversation.client_says(octets);
                (request.octets, request.commit)
            }
            Way::ToClient | Way::Both => {
                let share = conversation.server_says(octets);
                drop(conversation);
                if share.answered {
                    self.answered.send_replace(true);
                }
                (share.octets, None)
            }
        }
    }

    /// From now on, nothing of this commit's answer passes.
    pub fn cut(&self, commit: Commit) {
        if let Some(conversation) = &self.conversation {
            locked(conversation).cut(commit);
        }
    }

    /// Until the answer that does not pass is here, or will never be.
    pub async fn answered(&self) {
        let _ = self.answered.subscribe().wait_for(|is| *is).await;
    }

    /// Octets of that answer so far.
    pub fn swallowed(&self) -> u64 {
        let conversation = self.conversation.as_ref();
        conversation.map_or(0, |one| locked(one).swallowed())
    }

    /// The server says no more. Whether that is a secret: it stands for the answer.
    pub fn server_ends(&self) -> bool {
        let conversation = self.conversation.as_ref();
        let is_cut = conversation.is_some_and(|one| locked(one).is_cut());
        if is_cut {
            self.answered.send_replace(true);
        }
        is_cut
    }

    /// The receiver that way has heard that there is no more.
    pub fn finish(&self, way: Way) {
        self.receiver(way).finished.send_replace(true);
    }

    pub async fn finished(&self, way: Way) {
        let mut finished = self.receiver(way).finished.subscribe();
        let _ = finished.wait_for(|is| *is).await;
    }

    pub fn is_finished(&self, way: Way) -> bool {
        *self.receiver(way).finished.borrow()
    }

    /// A socket tells of its reset once, to a write or to a read; after that, a read
    /// looks like an orderly end.
    pub fn note_crash(&self, way: Way) {
        self.receiver(way).crashed.store(true, Ordering::Relaxed);
    }

    pub fn has_crashed(&self, way: Way) -> bool {
        self.receiver(way).crashed.load(Ordering::Relaxed)
    }

    fn receiver(&self, way: Way) -> &Receiver {
        match way {
            Way::ToUpstream => &self.to_upstream,
            Way::ToClient | Way::Both => &self.to_client,
        }
    }
}

impl Receiver {
    fn new() -> Self {
        Self {
            finished: watch::Sender::new(false),
            crashed: AtomicBool::new(false),
        }
    }
}
