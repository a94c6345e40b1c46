//! A broker that is a socket, and the proxy before it.

use crate::traffic::{method, octets, opening, publish, tune_ok, unit};
use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, connection},
};
use amqp_proxy::{
    Fault, Faults, OnPublish, Proxy, Receipts, Rule, Selector, Settings, frame::PROTOCOL_HEADER,
    receipt::Receipt,
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

/// Far beyond what anything here takes on a machine that compiles beside it.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test waits: what comes sooner was not delayed.
pub const HOUR: Duration = Duration::from_secs(3600);

pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let Ok(answer) = timeout(PATIENCE, work).await else {
        panic!("not within {PATIENCE:?}: {what}");
    };
    answer
}

pub fn start() -> Vec<u8> {
    method(
        0,
        AMQPClass::Connection(connection::AMQPMethod::Start(connection::Start::default())),
    )
}

/// A broker that greets its first caller, the proxy's probe, and hands out the others.
pub struct Site {
    pub proxy: Proxy,
    pub faults: Faults,
    pub receipts: mpsc::Receiver<Receipt>,
    pub broker: TcpListener,
}

impl Site {
    pub async fn start() -> Self {
        let broker = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let upstream = broker.local_addr().expect("bound").to_string();
        let (sender, receipts) = Receipts::channel(64);
        let faults = Faults::new(sender);
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            upstream,
            connect_within: PATIENCE,
        };
        let greeting = async {
            let (mut probe, _) = broker.accept().await.expect("the probe");
            probe.write_all(&start()).await.expect("a greeting");
        };
        let starting = Proxy::start(settings, faults.clone());
        let (proxy, ()) = soon("the proxy starts", async {
            tokio::join!(starting, greeting)
        })
        .await;
        Self {
            proxy: proxy.expect("a healthy broker"),
            faults,
            receipts,
            broker,
        }
    }

    /// Both ends of a connection through the proxy.
    pub async fn connect(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.proxy.address())
            .await
            .expect("the proxy listens");
        let (broker, _) = soon("upstream", self.broker.accept())
            .await
            .expect("upstream");
        (client, broker)
    }

    /// The same, with the handshake's octets passed.
    pub async fn open(&self) -> (TcpStream, TcpStream) {
        let (mut client, mut broker) = self.connect().await;
        say(
            &mut client,
            &[PROTOCOL_HEADER.to_vec(), method(0, tune_ok(0, 131_072))].concat(),
        )
        .await;
        let mut handshake = [0; 8 + 20];
        soon("the handshake", broker.read_exact(&mut handshake))
            .await
            .expect("passed");
        (client, broker)
    }

    /// The same, with the connection open.
    pub async fn open_whole(&self) -> (TcpStream, TcpStream) {
        let (mut client, mut broker) = self.connect().await;
        let (client_opens, broker_opens) = opening();
        let request = [&PROTOCOL_HEADER[..], &client_opens].concat();
        say(&mut client, &request).await;
        assert_eq!(hear(&mut broker, request.len()).await, request);
        say(&mut broker, &broker_opens).await;
        assert_eq!(hear(&mut client, broker_opens.len()).await, broker_opens);
        (client, broker)
    }

    pub fn arm_any(&self, fault: Fault) -> amqp_proxy::Lease {
        let rule = Rule {
            name: "a fault".into(),
            seed: 1,
            which: Selector::default(),
            fault,
        };
        self.faults.arm(rule, HOUR)
    }

    pub fn arm(&self, fault: OnPublish, which: Selector) -> amqp_proxy::Lease {
        let rule = Rule {
            name: "a fault".into(),
            seed: 1,
            which,
            fault: Fault::Publish(fault),
        };
        self.faults.arm(rule, HOUR)
    }
}

pub async fn say(stream: &mut TcpStream, octets: &[u8]) {
    soon("writing", stream.write_all(octets))
        .await
        .expect("written");
}

pub async fn hear(stream: &mut TcpStream, octets: usize) -> Vec<u8> {
    let mut heard = vec![0; octets];
    soon("reading", stream.read_exact(&mut heard))
        .await
        .expect("read");
    heard
}

pub async fn to_the_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let _ = soon("the end", stream.read_to_end(&mut heard)).await;
    heard
}

pub fn heartbeat() -> Vec<u8> {
    octets(&AMQPFrame::Heartbeat)
}

pub fn message(channel: u16, id: &str) -> Vec<u8> {
    unit(channel, publish("e", "k"), id, b"body", 4).concat()
}
