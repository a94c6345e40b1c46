//! A thousand connections through one proxy, and what it takes to hold them.

use crate::{PATIENCE, load, way::Way};
use futures::{StreamExt, stream};
use lapin::{
    Channel, Connection, ConnectionProperties,
    options::{BasicGetOptions, ConfirmSelectOptions},
};
use std::error::Error;
use tokio::time::timeout;

/// Opened side by side: the broker needs a while for each.
const AT_ONCE: usize = 16;
/// Messages of each connection, there and back: more than a read buffer holds.
const MESSAGES: usize = 24;
const OCTETS: usize = 4096;
const REPORT_EVERY: usize = 200;

pub struct Crowd {
    pub connections: usize,
    /// Octets of the proxy's process with nothing to hold.
    pub before: usize,
    /// The same once every connection has been busy and is still there.
    pub after: usize,
}

/// A proxy of its own: nothing that another load left is counted.
pub async fn weigh(url: &str, connections: usize) -> Result<Crowd, Box<dyn Error>> {
    let proxy = Way::ourselves("proxy", "the proxy", url).await?;
    let before = proxy.resident().ok_or("no resident memory")?;
    let mut opening = stream::iter(0..connections)
        .map(|_| busy_once(&proxy.url))
        .buffer_unordered(AT_ONCE);
    let mut open = Vec::new();
    while let Some(connection) = timeout(PATIENCE, opening.next()).await? {
        open.push(connection?);
        if open.len().is_multiple_of(REPORT_EVERY) {
            eprintln!("{} of {connections} connections", open.len());
        }
    }
    let alive = open
        .iter()
        .filter(|(connection, _)| connection.status().connected());
    let alive = alive.count();
    if alive < connections {
        return Err(format!("only {alive} of {connections} connections live").into());
    }
    let after = proxy.resident().ok_or("no resident memory")?;
    Ok(Crowd {
        connections,
        before,
        after,
    })
}

/// A connection that has published and got some messages, and stays.
async fn busy_once(url: &str) -> Result<(Connection, Channel), String> {
    let connecting = Connection::connect(url, ConnectionProperties::default());
    let connection = load::soon("connect", connecting).await?;
    let channel = load::soon("a channel", connection.create_channel()).await?;
    let selecting = channel.confirm_select(ConfirmSelectOptions::default());
    load::soon("confirms", selecting).await?;
    let queue = load::declare(&channel).await?;
    let mut confirms = Vec::new();
    for _ in 0..MESSAGES {
        confirms.push(load::publish_one(&channel, &queue, &[b'.'; OCTETS]).await?);
    }
    for confirm in confirms {
        load::confirmed(confirm).await?;
    }
    for _ in 0..MESSAGES {
        let getting = channel.basic_get(queue.as_str().into(), BasicGetOptions { no_ack: true });
        load::soon("a message", getting)
            .await?
            .ok_or("an empty queue")?;
    }
    Ok((connection, channel))
}
