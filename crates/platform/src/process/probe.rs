//! Is it ready? Asked from outside, the way its users would reach it.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

/// A healthy answer on loopback takes milliseconds; a second without one is a no.
const PATIENCE: Duration = Duration::from_secs(1);
/// While it starts: fast, so that nobody waits for the probe.
pub const EVERY_WHILE_STARTING: Duration = Duration::from_millis(50);
/// Once it is ready: as often as Prometheus scrapes.
pub const EVERY_WHILE_READY: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub enum Probe {
    /// Ready as soon as it runs.
    None,
    /// Ready when the port accepts.
    Tcp(String),
    /// Ready when a GET is answered with a 2xx. Credentials stand in the URL.
    Http(String),
    /// Ready when `select 1` is answered.
    Postgres(String),
}

impl Probe {
    pub async fn ask(&self, http: &reqwest::Client) -> bool {
        let answer = async {
            match self {
                Probe::None => true,
                Probe::Tcp(addr) => TcpStream::connect(addr).await.is_ok(),
                Probe::Http(url) => match http.get(url).send().await {
                    Ok(response) => response.status().is_success(),
                    Err(_) => false,
                },
                Probe::Postgres(url) => select_one(url).await.is_ok(),
            }
        };
        timeout(PATIENCE, answer).await.unwrap_or(false)
    }
}

async fn select_one(url: &str) -> Result<(), sqlx::Error> {
    use sqlx::{Connection, PgConnection};
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query("select 1").execute(&mut connection).await?;
    connection.close().await
}
