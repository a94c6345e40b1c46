//! Services that are none, and a gateway in front of them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use discovery::Discovery;
use gateway::routes::Routes;
use lifecycle::Shutdown;
use tokio::net::{TcpListener, TcpSocket};

/// What a stub was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A service that remembers what it was asked and answers with what `answer` makes of it.
pub struct Stub {
    pub addr: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    pub async fn start<A, F, R>(answer: A) -> Self
    where
        A: Fn(Asked) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = R> + Send,
        R: IntoResponse,
    {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let remembered = asked.clone();
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
            let request = Asked {
                method,
                uri,
                headers,
                body,
            };
            remembered
                .lock()
                .expect("not poisoned")
                .push(request.clone());
            answer(request).await.into_response()
        };
        Self {
            addr: serve(Router::new().fallback(handler)).await,
            asked,
        }
    }

    /// A stub that answers every request with its name.
    pub async fn named(name: &'static str) -> Self {
        Self::start(move |_| async move { name }).await
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(lifecycle::server::serve(listener, router, Shutdown::new()));
    addr
}

/// An address at which nobody listens, and nobody else can begin to.
pub struct Nobody {
    pub addr: SocketAddr,
    /// Bound, so that the port is taken, and never listened on, so that connections are refused.
    _socket: TcpSocket,
}

pub fn nobody() -> Nobody {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.1:0".parse().expect("an address"))
        .expect("a port");
    Nobody {
        addr: socket.local_addr().expect("an address"),
        _socket: socket,
    }
}

/// A server that reads a request and closes the connection without an answer. Says how many it read.
pub async fn breaks_off() -> (SocketAddr, Arc<Mutex<usize>>) {
    use tokio::io::AsyncReadExt;

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            if stream.read(&mut head).await.is_ok_and(|bytes| bytes > 0) {
                *counted.lock().expect("not poisoned") += 1;
            }
        }
    });
    (addr, count)
}

/// A gateway that finds `orders` at these addresses and `order-view` at the same ones.
pub async fn gateway(addresses: &[SocketAddr]) -> String {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let list = addresses.join("+");
    let setting = if addresses.is_empty() {
        "static:nothing=127.0.0.1:1".to_owned()
    } else {
        format!("static:orders={list},order-view={list}")
    };
    let discovery = Discovery::parse(&setting).expect("valid");
    let (router, upstreams) = gateway::gateway(Routes::default(), &discovery);
    upstreams.answered().await;
    format!("http://{}", serve(router).await)
}

/// The slug of a refusal, with its status and `Retry-After`.
pub async fn refusal(response: reqwest::Response) -> (u16, String, Option<String>) {
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.map(|value| value.to_str().expect("text").to_owned());
    let problem: serde_json::Value = response.json().await.expect("a problem");
    let slug = problem["type"].as_str().expect("a type");
    (
        status,
        slug.trim_start_matches("/problems/").to_owned(),
        retry_after,
    )
}

/// Any answer at all, for stubs whose answer does not matter.
pub async fn fine(_: Asked) -> Response {
    "fine".into_response()
}
