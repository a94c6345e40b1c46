//! Both sides, and between them the answer to one commit.

use super::{Commit, Opaque, backend::Backend, frontend::Frontend};

/// One connection, from its first octet.
#[derive(Debug, Default)]
pub struct Conversation {
    frontend: Frontend,
    backend: Backend,
    opaque: bool,
    awaited: Option<Commit>,
    answered: bool,
    swallowed: u64,
}

/// What a client has said, up to and with its first commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub octets: usize,
    pub commit: Option<Commit>,
}

/// What of a server's octets is for the client: these first ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub octets: usize,
    /// The answer that was waited for is here.
    pub answered: bool,
}

impl Conversation {
    pub fn client_says(&mut self, octets: &[u8]) -> Request {
        let mut rest = octets;
        let commit = match self.opaque {
            true => None,
            false => match self.frontend.next(&mut rest) {
                Ok(commit) => commit,
                Err(Opaque) => {
                    self.opaque = true;
                    None
                }
            },
        };
        Request {
            octets: match commit {
                Some(_) => octets.len() - rest.len(),
                None => octets.len(),
            },
            commit,
        }
    }

    pub fn server_says(&mut self, octets: &[u8]) -> Share {
        let mut rest = octets;
        let mut share = match self.is_before_answer() {
            true => octets.len(),
            false => 0,
        };
        while !self.opaque && !rest.is_empty() {
            match self.backend.next(&mut rest, self.frontend.negotiations()) {
                Ok(true) => {
                    let ready = self.backend.ready();
                    match self.awaited {
                        // What was asked before is answered up to here; the commit's is next.
                        Some(commit)
                            if ready + 1 == commit.request && !self.backend.is_adrift() =>
                        {
                            share = octets.len() - rest.len();
                        }
                        Some(commit) if ready >= commit.request || self.backend.is_adrift() => {
                            self.answered = true;
                        }
                        Some(_) | None => {}
                    }
                }
                Ok(false) => {}
                Err(Opaque) => self.opaque = true,
            }
        }
        if self.awaited.is_some() && self.opaque {
            // Any of it may be the answer.
            share = 0;
        }
        self.swallowed += (octets.len() - share) as u64;
        Share {
            octets: share,
            answered: self.answered,
        }
    }

    /// From now on, nothing of the answer to this commit is for the client.
    pub fn cut(&mut self, commit: Commit) {
        self.awaited = Some(commit);
    }

    pub fn is_cut(&self) -> bool {
        self.awaited.is_some()
    }

    /// Octets of the answer that were not for the client.
    pub fn swallowed(&self) -> u64 {
        self.swallowed
    }

    fn is_before_answer(&self) -> bool {
        self.awaited.is_none_or(|commit| {
            !self.backend.is_adrift() && self.backend.ready() + 1 < commit.request
        })
    }
}
