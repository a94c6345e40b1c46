//! A connection to PostgreSQL that is lost at one chosen message: it knows the framing of
//! the protocol and three of its tags.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Notify,
};

const QUERY: u8 = b'Q';
const SYNC: u8 = b'S';
const READY_FOR_QUERY: u8 = b'Z';
/// Neither the first message of a connection nor a request for TLS has a tag.
const UNTAGGED: u8 = 0;

/// Where the connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Never,
    /// Before the server sees the message.
    Before(usize),
    /// After the server did what it asks, before its answer comes back; at once, if it is
    /// a message without an answer.
    After(usize),
}

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    tag: u8,
    text: String,
}

impl Message {
    /// The server says nothing before it is asked to.
    pub fn is_answered(&self) -> bool {
        matches!(self.tag, QUERY | SYNC)
    }

    pub fn is_commit(&self) -> bool {
        self.tag == QUERY && self.text == "commit"
    }
}

/// Between one client and the server.
pub struct Wire {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    cut: Cut,
    sent: Mutex<Vec<Message>>,
}

impl Wire {
    pub async fn to(server: String, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let state = Arc::new(State {
            cut,
            sent: Mutex::default(),
        });
        tokio::spawn(accept(listener, server, Arc::downgrade(&state)));
        Self { address, state }
    }

    /// The way to the same database, over this wire.
    pub async fn before(url: &str, cut: Cut) -> (Self, String) {
        let (credentials, rest) = url.rsplit_once('@').expect("credentials");
        let (server, database) = rest.split_once('/').expect("a database");
        let wire = Self::to(server.to_owned(), cut).await;
        let url = format!("{credentials}@{}/{database}", wire.address);
        (wire, url)
    }

    /// In order, the one it was cut at being the last of its connection.
    pub fn sent(&self) -> Vec<Message> {
        self.state.sent().clone()
    }
}

impl State {
    fn sent(&self) -> std::sync::MutexGuard<'_, Vec<Message>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are with this one.
    fn note(&self, message: Message) -> usize {
        let mut sent = self.sent();
        sent.push(message);
        sent.len()
    }
}

/// As long as the wire is held.
async fn accept(listener: TcpListener, server: String, state: std::sync::Weak<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let Some(state) = state.upgrade() else { return };
        let Ok(server) = TcpStream::connect(&server).await else {
            continue;
        };
        client.set_nodelay(true).expect("a socket");
        server.set_nodelay(true).expect("a socket");
        tokio::spawn(connection(client, server, state));
    }
}

async fn connection(client: TcpStream, server: TcpStream, state: Arc<State>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let done = Done::default();
    // Whichever ends first takes the other with it, and both sockets are closed.
    tokio::select! {
        () = upstream(from_client, to_server, &state, &done) => {}
        () = downstream(from_server, to_client, &done) => {}
    }
}

/// The answer to one message is not to come through.
#[derive(Default)]
struct Done {
    swallow: AtomicBool,
    ready: Notify,
}

async fn upstream(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: &State, done: &Done) {
    let mut tagged = false;
    while let Some((message, bytes)) = read(&mut from, tagged).await {
        // What has no tag is followed by what has one; TLS is not asked for here.
        tagged = true;
        let answered = message.is_answered();
        let place = state.note(message);
        if state.cut == Cut::Before(place) {
            return;
        }
        let last = state.cut == Cut::After(place);
        done.swallow.store(last && answered, Ordering::SeqCst);
        if to.write_all(&bytes).await.is_err() {
            return;
        }
        if last {
            if answered {
                done.ready.notified().await;
            }
            return;
        }
    }
}

async fn downstream(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, done: &Done) {
    while let Some((message, bytes)) = read(&mut from, true).await {
        if done.swallow.load(Ordering::SeqCst) {
            if message.tag == READY_FOR_QUERY {
                done.ready.notify_one();
                // The other half ends both.
                std::future::pending::<()>().await;
            }
        } else if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn read(from: &mut OwnedReadHalf, tagged: bool) -> Option<(Message, Vec<u8>)> {
    let mut bytes = vec![0; if tagged { 5 } else { 4 }];
    from.read_exact(&mut bytes).await.ok()?;
    let tag = if tagged { bytes[0] } else { UNTAGGED };
    let head = bytes.len();
    let length = u32::from_be_bytes(bytes[head - 4..].try_into().ok()?) as usize;
    // The length counts itself and not the tag.
    bytes.resize(head + length.checked_sub(4)?, 0);
    from.read_exact(&mut bytes[head..]).await.ok()?;
    let text = match tag {
        QUERY => String::from_utf8_lossy(&bytes[head..])
            .trim_end_matches('\0')
            .to_owned(),
        _ => String::new(),
    };
    Some((Message { tag, text }, bytes))
}
