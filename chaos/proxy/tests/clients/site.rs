//! One foreign client, a proxy of its own before the broker, and a queue.

use crate::{
    foreign::Foreign,
    server::{Behind, armed, soon},
    talk::{Command, Delivery, Report},
};
use amqp_proxy::{Fault, Faults, Lease, Proxy, Selector, receipt::Receipt};
use std::{collections::VecDeque, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
    sync::mpsc,
};

pub struct Site {
    _proxy: Proxy,
    faults: Faults,
    receipts: mpsc::Receiver<Receipt>,
    pub queue: String,
    pub client: &'static str,
    process: Child,
    commands: ChildStdin,
    reports: Lines<BufReader<ChildStdout>>,
    /// Reports that came before the one that was waited for.
    aside: VecDeque<Report>,
}

impl Site {
    /// The client is connected, and its queue declared.
    pub async fn start(client: &Foreign) -> Self {
        let Behind {
            proxy,
            faults,
            receipts,
            url,
        } = Behind::proxy().await;
        let mut process = client
            .command()
            .arg(&url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the client starts");
        let output = process.stdout.take().expect("piped");
        let mut site = Self {
            _proxy: proxy,
            faults,
            receipts,
            queue: String::new(),
            client: client.name,
            commands: process.stdin.take().expect("piped"),
            reports: BufReader::new(output).lines(),
            process,
            aside: VecDeque::new(),
        };
        site.queue = site
            .heard("its queue", |report| match report {
                Report::Open { queue } => Some(queue.clone()),
                _ => None,
            })
            .await;
        site
    }

    pub fn arm(&self, fault: Fault, which: Selector) -> Lease {
        armed(&self.faults, fault, which)
    }

    /// Only the message with this id.
    pub fn only(id: &str) -> Selector {
        Selector {
            message_id: Some(id.to_owned()),
            ..Selector::default()
        }
    }

    pub async fn tell(&mut self, command: Command) {
        let mut line = serde_json::to_vec(&command).expect("JSON");
        line.push(b'\n');
        soon("a command is read", self.commands.write_all(&line))
            .await
            .expect("the client lives");
    }

    pub async fn publish(&mut self, id: &str) {
        let id = id.to_owned();
        let (key, octets) = (None, 0);
        self.tell(Command::Publish { id, key, octets }).await;
    }

    pub async fn consume(&mut self, prefetch: u16) {
        self.tell(Command::Consume { prefetch }).await;
        self.until(Report::Consuming).await;
    }

    /// The first report that `wanted` takes something from; others are put aside.
    pub async fn heard<T>(&mut self, what: &str, wanted: impl Fn(&Report) -> Option<T>) -> T {
        let found = self.aside.iter().map(&wanted).position(|it| it.is_some());
        if let Some(found) = found.and_then(|at| self.aside.remove(at)) {
            return wanted(&found).expect("found by it");
        }
        let what = format!("{what} from {}, aside: {:?}", self.client, self.aside);
        loop {
            let line = soon(&what, self.reports.next_line()).await;
            let line = line.expect("a line").unwrap_or_else(|| {
                panic!("{} ended before {what}", self.client);
            });
            let report = said(&line);
            if let Some(taken) = wanted(&report) {
                return taken;
            }
            self.aside.push_back(report);
        }
    }

    pub async fn until(&mut self, expected: Report) {
        let what = format!("{expected:?}");
        self.heard(&what, |report| (*report == expected).then_some(()))
            .await;
    }

    pub async fn confirm(&mut self, id: &str, acked: bool) {
        let id = id.to_owned();
        self.until(Report::Confirm { id, acked }).await;
    }

    pub async fn delivery(&mut self) -> Delivery {
        self.heard("a delivery", |report| match report {
            Report::Delivery(delivery) => Some(delivery.clone()),
            _ => None,
        })
        .await
    }

    /// How many messages are ready in the queue.
    pub async fn ready(&mut self) -> u32 {
        self.tell(Command::Ready).await;
        self.heard("the count", |report| match report {
            Report::Ready { messages } => Some(*messages),
            _ => None,
        })
        .await
    }

    pub async fn close_channel(&mut self) {
        self.tell(Command::CloseChannel).await;
        self.until(Report::ChannelGone).await;
    }

    pub async fn open_channel(&mut self) {
        self.tell(Command::OpenChannel).await;
        self.until(Report::ChannelOpened).await;
    }

    /// Closes the connection. What was never confirmed; nothing else is left unsaid.
    pub async fn close(mut self) -> Vec<String> {
        self.tell(Command::Close).await;
        let unconfirmed = self
            .heard("the end", |report| match report {
                Report::Closed { unconfirmed } => Some(unconfirmed.clone()),
                _ => None,
            })
            .await;
        let client = self.client;
        assert_eq!(self.ends().await, [], "{client}");
        unconfirmed
    }

    /// The client ends without an error. What it saw that nobody asked for.
    pub async fn ends(mut self) -> Vec<Report> {
        drop(self.commands);
        while let Some(line) = soon("the last word", self.reports.next_line())
            .await
            .expect("a line")
        {
            self.aside.push_back(said(&line));
        }
        let status = soon("the client ends", self.process.wait()).await;
        assert!(status.expect("waited").success(), "{}", self.client);
        self.aside.into()
    }

    pub async fn receipt(&mut self) -> Receipt {
        soon("a receipt", self.receipts.recv()).await.expect("left")
    }

    pub fn receipts_waiting(&self) -> usize {
        self.receipts.len()
    }
}

fn said(line: &str) -> Report {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}
