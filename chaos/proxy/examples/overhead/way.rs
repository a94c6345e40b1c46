//! What stands between load and broker: nothing, or a process.

use crate::{PATIENCE, processor};
use amqp_proxy::{Faults, Proxy, Receipts, Settings};
use std::{error::Error, io, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::oneshot,
    time::timeout,
};

pub struct Way {
    pub name: String,
    /// The broker's, this way.
    pub url: String,
    process: Option<Child>,
}

impl Way {
    pub fn direct(url: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            name: "nothing".into(),
            url: url.to_owned(),
            process: None,
        })
    }

    /// This program once more, as what stands in between. It ends when we do.
    pub async fn ourselves(mode: &str, name: &str, url: &str) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(mode)
            .arg(upstream(url)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = timeout(PATIENCE, lines.next_line()).await??;
        Self::through(name, url, &address.ok_or("it ended")?, process)
    }

    pub fn through(
        name: &str,
        url: &str,
        address: &str,
        process: Child,
    ) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            name: name.into(),
            url: url.replace(upstream(url)?, address),
            process: Some(process),
        })
    }

    pub fn processor_time(&self) -> Duration {
        let process = self.process.as_ref().and_then(Child::id);
        process.map_or(Duration::ZERO, processor::time_of)
    }

    /// Octets that the process has in memory.
    pub fn resident(&self) -> Option<usize> {
        let process = self.process.as_ref()?.id()?;
        let pages = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
        let pages: usize = pages.split(' ').nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size())
    }
}

/// `host:port` of a URL.
pub fn upstream(url: &str) -> Result<&str, Box<dyn Error>> {
    let (_, host) = url.split_once('@').ok_or("no credentials")?;
    Ok(host.split_once('/').ok_or("no vhost")?.0)
}

/// The least that a relay can do: copy octets, in both directions.
pub async fn relay(upstream: String) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let accepting = async {
        loop {
            let (mut client, _) = listener.accept().await?;
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let mut broker = TcpStream::connect(upstream).await?;
                client.set_nodelay(true)?;
                broker.set_nodelay(true)?;
                copy_bidirectional(&mut client, &mut broker).await
            });
        }
    };
    tokio::select! {
        ended = accepting => ended,
        () = parent_ends() => Ok(()),
    }
}

pub async fn proxy(upstream: String) -> Result<(), Box<dyn Error>> {
    let (receipts, _collected) = Receipts::channel(1);
    let settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        upstream,
        connect_within: PATIENCE,
    };
    let proxy = Proxy::start(settings, Faults::new(receipts)).await?;
    println!("{}", proxy.address());
    parent_ends().await;
    Ok(())
}

/// Whoever started this process holds its standard input open.
async fn parent_ends() {
    let (tell, told) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        drop(tell);
    });
    let _ = told.await;
}
