//! A connection that can be tampered with: knows AMQP's framing and a handful of methods.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Mutex, watch},
};

/// `basic.ack`: what a broker confirms with and what a consumer acknowledges with.
const BASIC_ACK: [u8; 4] = [0, 60, 0, 80];
const CONNECTION_BLOCKED: [u8; 4] = [0, 10, 0, 60];
const CONNECTION_UNBLOCKED: [u8; 4] = [0, 10, 0, 61];
const METHOD: u8 = 1;
const FRAME_END: u8 = 0xce;

#[derive(Clone)]
pub struct Middleman {
    address: std::net::SocketAddr,
    state: Arc<State>,
}

struct State {
    swallow_confirms: AtomicBool,
    swallow_acks: AtomicBool,
    swallowed: AtomicUsize,
    /// Grows with each cut.
    cuts: watch::Sender<u64>,
    to_client: Mutex<Vec<Arc<Mutex<OwnedWriteHalf>>>>,
    to_broker: Mutex<Vec<Arc<Mutex<OwnedWriteHalf>>>>,
}

impl Middleman {
    /// Between a client and the broker at the address that `amqp_url` names.
    pub async fn before(amqp_url: &str) -> (Self, String) {
        let (scheme, rest) = amqp_url.split_once("//").expect("a URL");
        let (credentials, host) = rest.split_once('@').expect("credentials");
        let (broker, vhost) = host.split_once('/').expect("a vhost");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let middleman = Self {
            address,
            state: Arc::new(State {
                swallow_confirms: AtomicBool::new(false),
                swallow_acks: AtomicBool::new(false),
                swallowed: AtomicUsize::new(0),
                cuts: watch::channel(0).0,
                to_client: Mutex::default(),
                to_broker: Mutex::default(),
            }),
        };
        tokio::spawn(accept(
            listener,
            broker.to_owned(),
            Arc::clone(&middleman.state),
        ));
        let url = format!("{scheme}//{credentials}@{}/{vhost}", middleman.address);
        (middleman, url)
    }

    /// The broker's confirms vanish.
    pub fn swallow_confirms(&self, on: bool) {
        self.state.swallow_confirms.store(on, Ordering::SeqCst);
    }

    /// The consumer's acknowledgements vanish.
    pub fn swallow_acks(&self, on: bool) {
        self.state.swallow_acks.store(on, Ordering::SeqCst);
    }

    pub fn swallowed(&self) -> usize {
        self.state.swallowed.load(Ordering::SeqCst)
    }

    /// Every connection is reset.
    pub fn cut(&self) {
        self.state.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// On every connection: an acknowledgement of a tag that nobody has, on `channel`.
    pub async fn forge_ack(&self, channel: u16) {
        let mut payload = BASIC_ACK.to_vec();
        payload.extend(u64::MAX.to_be_bytes());
        payload.push(0);
        inject(&self.state.to_broker, channel, &payload).await;
    }

    /// On every connection: the broker says that it stops, or goes on, reading.
    pub async fn forge_blocked(&self, blocked: bool) {
        let mut payload = match blocked {
            true => CONNECTION_BLOCKED.to_vec(),
            false => CONNECTION_UNBLOCKED.to_vec(),
        };
        if blocked {
            payload.extend(b"\x06memory");
        }
        inject(&self.state.to_client, 0, &payload).await;
    }
}

async fn inject(writers: &Mutex<Vec<Arc<Mutex<OwnedWriteHalf>>>>, channel: u16, payload: &[u8]) {
    let mut frame = vec![METHOD];
    frame.extend(channel.to_be_bytes());
    frame.extend(
        u32::try_from(payload.len())
            .expect("a short payload")
            .to_be_bytes(),
    );
    frame.extend(payload);
    frame.push(FRAME_END);
    for writer in writers.lock().await.iter() {
        // A connection that is gone needs no forgery.
        let _ = writer.lock().await.write_all(&frame).await;
    }
}

async fn accept(listener: TcpListener, broker: String, state: Arc<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(broker) = TcpStream::connect(&broker).await else {
            continue;
        };
        client.set_nodelay(true).expect("a socket");
        broker.set_nodelay(true).expect("a socket");
        tokio::spawn(relay(client, broker, Arc::clone(&state)));
    }
}

async fn relay(client: TcpStream, broker: TcpStream, state: Arc<State>) {
    let mut cuts = state.cuts.subscribe();
    let (mut from_client, to_client) = client.into_split();
    let (from_broker, to_broker) = broker.into_split();
    let to_client = Arc::new(Mutex::new(to_client));
    let to_broker = Arc::new(Mutex::new(to_broker));
    // The client opens with a protocol header of eight bytes; from there on all is frames.
    let mut header = [0; 8];
    if from_client.read_exact(&mut header).await.is_err()
        || to_broker.lock().await.write_all(&header).await.is_err()
    {
        return;
    }
    state.to_client.lock().await.push(Arc::clone(&to_client));
    state.to_broker.lock().await.push(Arc::clone(&to_broker));
    tokio::select! {
        () = frames(from_client, &to_broker, &state.swallow_acks, &state.swallowed) => {}
        () = frames(from_broker, &to_client, &state.swallow_confirms, &state.swallowed) => {}
        _ = cuts.changed() => {}
    }
    let _ = to_client.lock().await.shutdown().await;
    let _ = to_broker.lock().await.shutdown().await;
    state
        .to_client
        .lock()
        .await
        .retain(|writer| !Arc::ptr_eq(writer, &to_client));
    state
        .to_broker
        .lock()
        .await
        .retain(|writer| !Arc::ptr_eq(writer, &to_broker));
}

async fn frames(
    mut from: OwnedReadHalf,
    to: &Mutex<OwnedWriteHalf>,
    swallow: &AtomicBool,
    swallowed: &AtomicUsize,
) {
    loop {
        let mut frame = vec![0; 7];
        if from.read_exact(&mut frame).await.is_err() {
            return;
        }
        let size = u32::from_be_bytes([frame[3], frame[4], frame[5], frame[6]]) as usize;
        frame.resize(7 + size + 1, 0);
        if from.read_exact(&mut frame[7..]).await.is_err() {
            return;
        }
        if swallow.load(Ordering::SeqCst)
            && frame[0] == METHOD
            && frame[7..].starts_with(&BASIC_ACK)
        {
            swallowed.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        if to.lock().await.write_all(&frame).await.is_err() {
            return;
        }
    }
}
