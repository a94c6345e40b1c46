//! Free ports that stay ours, also between a process's death and its next start.
//!
//! They come from below the range the kernel gives to outgoing connections, so that none of those can take one. Several
//! platforms on one machine keep apart by holding an abstract Unix socket named after each port: it needs no file, is
//! taken atomically, works across accounts and vanishes with its holder, however that ends.

use std::io;
use std::net::Ipv4Addr;
use std::ops::Range;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use tokio::net::TcpSocket;

/// Below are the ports that well-known servers use.
const LOWEST: u16 = 20_000;
/// What Linux gives to outgoing connections unless told otherwise.
const USUAL_OUTGOING_LOW: u16 = 32_768;

#[derive(Debug)]
pub struct Port {
    pub number: u16,
    _claim: UnixListener,
}

impl Port {
    /// A port on loopback that nobody listens on and no other platform has claimed.
    pub fn claim() -> io::Result<Port> {
        let outgoing = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
        let range = choice(&outgoing.unwrap_or_default());
        let from: u16 = rand::random_range(range.clone());
        (from..range.end)
            .chain(range.start..from)
            .find_map(try_claim)
            .ok_or_else(|| {
                io::Error::other(format!(
                    "no free port between {} and {}: stop something that listens there",
                    range.start, range.end
                ))
            })
    }

    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.number)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr())
    }
}

fn try_claim(number: u16) -> Option<Port> {
    let name = SocketAddr::from_abstract_name(format!("breakwater-port-{number}")).ok()?;
    let claim = UnixListener::bind_addr(&name).ok()?;
    // On all addresses, so that a server on another one is left in peace as well. Never listening: a process that is
    // being started beside us may hold a copy of the probe for a moment, and must not keep us from the port.
    let probe = TcpSocket::new_v4().ok()?;
    probe.set_reuseaddr(true).ok()?;
    probe.bind((Ipv4Addr::UNSPECIFIED, number).into()).ok()?;
    Some(Port {
        number,
        _claim: claim,
    })
}

/// Where to look for ports, given the kernel's range for outgoing connections.
fn choice(outgoing: &str) -> Range<u16> {
    let low = outgoing
        .split_whitespace()
        .next()
        .and_then(|low| low.parse().ok())
        .unwrap_or(USUAL_OUTGOING_LOW);
    // A machine that gives nearly everything to outgoing connections leaves no better choice than the usual one.
    if low >= LOWEST + 1_000 {
        LOWEST..low
    } else {
        LOWEST..USUAL_OUTGOING_LOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn ports_are_taken_from_below_the_outgoing_range() {
        assert_eq!(choice("32768\t60999\n"), 20_000..32_768);
        assert_eq!(choice("1024 65535"), 20_000..32_768);
        assert_eq!(choice("49152 65535"), 20_000..49_152);
        assert_eq!(choice(""), 20_000..32_768);
    }

    #[test]
    fn a_port_somebody_listens_on_is_not_claimed() {
        let somebody = TcpListener::bind("127.0.0.1:0").expect("a port");
        let number = somebody.local_addr().expect("bound").port();
        assert!(try_claim(number).is_none());
    }

    #[test]
    fn a_claimed_port_is_free_though_processes_are_started_meanwhile() {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        let started = Command::new("true").status();
                        assert!(started.expect("it starts").success());
                    }
                });
            }
            let taken = (0..500).find_map(|_| {
                let port = Port::claim().expect("a port");
                TcpListener::bind(port.addr()).err()
            });
            done.store(true, Ordering::Relaxed);
            assert!(taken.is_none(), "{taken:?}");
        });
    }

    #[test]
    fn a_claimed_port_is_not_given_twice_and_returns_when_let_go() {
        let port = Port::claim().expect("a port");
        let number = port.number;
        assert!(try_claim(number).is_none());
        drop(port);
        // Other tests claim ports too, so it may be gone again, but then it is theirs and not stuck.
        let again = try_claim(number);
        assert!(again.is_some() || try_claim(number).is_none());
    }
}
