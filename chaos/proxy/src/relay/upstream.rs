//! The broker behind the proxy.

use crate::frame::{Kind, PROTOCOL_HEADER, Piece, Splitter};
use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A first frame of a broker is some hundred octets of capabilities.
const FIRST_FRAME_MAX: usize = 131_072;

#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("silent for {0:?}")]
    Silent(Duration),
    #[error("it does not speak AMQP 0-9-1")]
    OtherProtocol,
}

pub async fn connect(upstream: &str, within: Duration) -> Result<TcpStream, Unhealthy> {
    let stream = timeout(within, TcpStream::connect(upstream))
        .await
        .map_err(|_| Unhealthy::Silent(within))??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Says hello and hangs up once the broker has answered.
pub async fn probe(upstream: &str, within: Duration) -> Result<(), Unhealthy> {
    let mut stream = connect(upstream, within).await?;
    timeout(within, greet(&mut stream))
        .await
        .map_err(|_| Unhealthy::Silent(within))?
}

async fn greet(stream: &mut TcpStream) -> Result<(), Unhealthy> {
    /// `connection.start`
    const START: [u8; 4] = [0, 10, 0, 10];
    stream.write_all(PROTOCOL_HEADER).await?;
    let mut splitter = Splitter::of_broker();
    loop {
        match splitter.next(FIRST_FRAME_MAX) {
            Ok(Some(Piece::Frame(frame)))
                if frame.kind() == Kind::Method && frame.payload().starts_with(&START) =>
            {
                return Ok(());
            }
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Err(Unhealthy::OtherProtocol),
        }
        if stream.read_buf(splitter.buffer()).await? == 0 {
            return Err(Unhealthy::OtherProtocol);
        }
    }
}
