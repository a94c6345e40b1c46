//! The gateway in front of stub services, over real sockets and static discovery.

mod answers;
mod forwarding;
mod outcomes;
mod stub;
