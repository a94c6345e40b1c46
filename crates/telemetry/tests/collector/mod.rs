//! The side of a collector: OTLP over HTTP, a request at a time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// A connection that an exporter opened.
pub struct Connection(BufReader<TcpStream>);

/// Where it listens, and the connections it gets.
pub fn listen() -> (String, impl Iterator<Item = Connection> + Send) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let connections = std::iter::from_fn(move || {
        let (stream, _) = listener.accept().ok()?;
        Some(Connection(BufReader::new(stream)))
    });
    (url, connections)
}

impl Connection {
    /// The head of the next request, if there is one before the other side hangs up.
    pub fn head(&mut self) -> Option<String> {
        let mut head = String::new();
        while self.0.read_line(&mut head).is_ok_and(|bytes| bytes > 2) {}
        (!head.is_empty()).then(|| head.to_ascii_lowercase())
    }

    pub fn body(&mut self, head: &str) -> Vec<u8> {
        let value = |line: &str| line.strip_prefix("content-length:")?.trim().parse().ok();
        let length = head.lines().find_map(value).expect("a length");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
        body
    }

    pub fn accept(&mut self) {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        self.0.get_mut().write_all(answer).expect("it is open");
    }
}
