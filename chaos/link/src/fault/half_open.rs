//! A client whose server is gone without a word.

use super::reset::{reset, stroke};
use crate::subject::Subject;
use tokio::{io::AsyncReadExt, net::TcpStream};

/// Takes what the client says and says nothing, until the client closes or another fault
/// ends it.
pub async fn silence(mut client: TcpStream, subject: &Subject) {
    let mut unheard = [0; 4096];
    let deaf =
        async { while matches!(client.read(&mut unheard).await, Ok(octets) if octets > 0) {} };
    tokio::select! {
        () = deaf => return,
        _ = stroke(subject, true) => {}
    }
    reset(client);
}
