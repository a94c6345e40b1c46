use link_proxy::{Fault, Faults, Lease, Link, Protocol, Receipt, Receipts, Rule, Settings};
use std::{
    future::Future,
    io::{ErrorKind, Result},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{sleep, timeout},
};

/// Far beyond what anything here takes on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test waits: what comes sooner was not delayed, what ends was ended.
pub const HOUR: Duration = Duration::from_secs(3600);
/// A term or delay that shall be over by itself.
pub const SHORT: Duration = Duration::from_millis(200);

pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let Ok(answer) = timeout(PATIENCE, work).await else {
        panic!("not within {PATIENCE:?}: {what}");
    };
    answer
}

pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let held = async {
        while !holds() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    soon(what, held).await;
}

/// A link of its own, and a server that has as many hands as it has clients.
pub struct Site {
    pub link: Link,
    pub faults: Faults,
    pub receipts: mpsc::Receiver<Receipt>,
    server: TcpListener,
}

/// Both ends of a connection through the link.
pub struct Pair {
    pub client: TcpStream,
    pub server: TcpStream,
}

impl Site {
    pub async fn start() -> Self {
        Self::with(4096, Protocol::Opaque).await
    }

    pub async fn with(places: usize, protocol: Protocol) -> Self {
        let server = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let upstream = server.local_addr().expect("bound").to_string();
        let (sender, receipts) = Receipts::channel(places);
        let faults = Faults::new(sender);
        Self {
            link: link(upstream, protocol, &faults).await,
            faults,
            receipts,
            server,
        }
    }

    pub async fn connect(&self) -> Pair {
        let client = self.dial().await.expect("the link listens");
        let accepting = soon("upstream", self.server.accept());
        let (server, _) = accepting.await.expect("upstream");
        Pair { client, server }
    }

    /// A link and a conversation that have nothing to do with the fault.
    pub async fn beside() -> (Self, Pair) {
        let site = Self::start().await;
        let pair = site.talking().await;
        (site, pair)
    }

    /// Connected from end to end: a server may have accepted before the link knows.
    pub async fn talking(&self) -> Pair {
        let mut pair = self.connect().await;
        pair.talk().await;
        pair
    }

    pub async fn dial(&self) -> Result<TcpStream> {
        soon("a connection", TcpStream::connect(self.link.address())).await
    }

    pub fn arm(&self, fault: Fault) -> Lease {
        self.arm_for(HOUR, fault)
    }

    pub fn arm_for(&self, term: Duration, fault: Fault) -> Lease {
        let rule = Rule {
            name: "a fault".into(),
            seed: 7,
            fault,
        };
        self.faults.arm(rule, term)
    }

    pub async fn receipt(&mut self) -> Receipt {
        soon("a receipt", self.receipts.recv()).await.expect("left")
    }
}

pub async fn link(upstream: String, protocol: Protocol, faults: &Faults) -> Link {
    let settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        upstream,
        protocol,
        connect_within: PATIENCE,
    };
    Link::start(settings, faults.clone())
        .await
        .expect("a free port")
}

impl Pair {
    /// Each says something, and the other hears it.
    pub async fn talk(&mut self) {
        say(&mut self.client, b"a question").await;
        hear(&mut self.server, b"a question").await;
        say(&mut self.server, b"an answer").await;
        hear(&mut self.client, b"an answer").await;
    }
}

pub async fn say(stream: &mut TcpStream, octets: &[u8]) {
    soon("writing", stream.write_all(octets))
        .await
        .expect("written");
}

pub async fn hear(stream: &mut TcpStream, octets: &[u8]) {
    let mut heard = vec![0; octets.len()];
    soon("reading", stream.read_exact(&mut heard))
        .await
        .expect("read");
    assert!(heard == octets, "what was said");
}

/// What is left to hear, and whether it ends in good order.
pub async fn to_the_end(stream: &mut TcpStream) -> (Vec<u8>, Result<()>) {
    let mut heard = Vec::new();
    let end = soon("the end", stream.read_to_end(&mut heard)).await;
    (heard, end.map(drop))
}

pub async fn is_finished(stream: &mut TcpStream) {
    let (heard, end) = to_the_end(stream).await;
    assert!(heard.is_empty() && end.is_ok(), "{heard:?}, {end:?}");
}

pub async fn is_reset(stream: &mut TcpStream) {
    let (heard, end) = to_the_end(stream).await;
    let kind = end.expect_err("no orderly end").kind();
    assert_eq!((heard, kind), (Vec::new(), ErrorKind::ConnectionReset));
}

/// Nothing has come, and no end, although the connection beside it has been talking.
pub async fn is_silent(stream: &TcpStream, beside: &mut Pair) {
    for _ in 0..20 {
        beside.talk().await;
    }
    let mut heard = [0; 1];
    let nothing = stream.try_read(&mut heard).expect_err("nothing to hear");
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
}

/// Gone, as a peer that has crashed.
pub fn crash(stream: TcpStream) {
    stream.set_zero_linger().expect("a socket");
}
