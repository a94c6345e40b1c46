//! A server that refuses a session is only exhausted if it says so.

use chaos::agent::site::Site;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::site::{Addresses, error, inject, order, site};

/// Authenticated, and ready for a query.
const WELCOME: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";

fn refusal(code: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (key, text) in [("S", "FATAL"), ("V", "FATAL"), ("C", code), ("M", "no")] {
        fields.extend([key.as_bytes(), text.as_bytes(), b"\0"].concat());
    }
    fields.push(0);
    let length = u32::try_from(fields.len() + 4).expect("short");
    [b"E", &length.to_be_bytes()[..], &fields].concat()
}

/// Its startup message, whose length comes first.
async fn greet(mut client: TcpStream, answer: &[u8]) -> TcpStream {
    let length = client.read_u32().await.expect("a length");
    let mut startup = vec![0; length as usize - 4];
    client.read_exact(&mut startup).await.expect("whole");
    client.write_all(answer).await.expect("it listens");
    client
}

/// A server with three places, and a reason for whoever comes then.
async fn server_that_refuses_with(test: &str, code: &'static str) -> Site {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut served = Vec::new();
        while let Ok((client, _)) = listener.accept().await {
            let answer = match served.len() {
                0..3 => WELCOME.to_vec(),
                _ => refusal(code),
            };
            served.push(greet(client, &answer).await);
        }
    });
    let addresses = Addresses {
        database: format!("postgres://admin@{address}/orders?sslmode=disable"),
        ..Addresses::default()
    };
    site(test, addresses).await
}

#[tokio::test]
async fn a_server_without_a_place_left_is_exhausted() {
    let site = server_that_refuses_with("full", "53300").await;
    let exhaust = order(
        "database/exhaust-connections",
        json!({ "database": "orders" }),
    );
    let injected = inject(&site, &exhaust).await.expect("it is worked");
    assert_eq!(injected.receipts[0].name, "3 sessions");
    assert!(injected.hold.is_some());
}

#[tokio::test]
async fn a_server_that_is_shutting_down_is_not() {
    let site = server_that_refuses_with("down", "57P03").await;
    let exhaust = order(
        "database/exhaust-connections",
        json!({ "database": "orders" }),
    );
    let why = error(inject(&site, &exhaust).await);
    assert!(why.contains("57P03"), "{why}");
}
