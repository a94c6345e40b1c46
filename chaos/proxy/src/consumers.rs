//! Which queue a consumer reads.
//!
//! `basic.deliver` names a consumer tag and no queue. The tag is learnt from
//! `basic.consume` and its answer; an empty queue name means the channel's last declared
//! queue, whose name the broker may have chosen. Answers come in the order of requests,
//! so a request waits here until its answer tells what it meant. Pure.

use std::collections::{HashMap, VecDeque};

/// Requests that wait for an answer on one channel. Clients wait for each answer; beyond
/// this many, the oldest are forgotten and their consumers have no known queue.
const PENDING_MAX: usize = 1024;
/// Consumers on one channel. Brokers are used with a handful; beyond, new ones have no known queue.
const CONSUMERS_MAX: usize = 65_536;

/// Evicted consumers remembered. What is on its way arrives within a round trip.
const EVICTED_MAX: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    pub queue: Vec<u8>,
    pub no_ack: bool,
}

#[derive(Debug, Default)]
pub struct Consumers {
    by_tag: HashMap<Vec<u8>, Consumer>,
    last_declared: Vec<u8>,
    pending: VecDeque<Request>,
    /// `no_ack` of each `basic.get` that waits for its answer.
    gets: VecDeque<bool>,
    /// Consumers cancelled behind their broker's back, and their `no_ack`: deliveries to them
    /// may be on their way.
    evicted: VecDeque<(Vec<u8>, bool)>,
}

#[derive(Debug)]
enum Request {
    Declare {
        queue: Vec<u8>,
        answered: bool,
    },
    Consume {
        tag: Vec<u8>,
        consumer: Consumer,
        answered: bool,
    },
}

impl Consumers {
    pub fn of(&self, tag: &[u8]) -> Option<&Consumer> {
        self.by_tag.get(tag)
    }

    pub fn all(&self) -> impl Iterator<Item = (&[u8], &Consumer)> {
        self.by_tag.iter().map(|(tag, of)| (tag.as_slice(), of))
    }

    /// Cancelled by neither side.
    pub fn evict(&mut self, tag: &[u8]) {
        if let Some(consumer) = self.by_tag.remove(tag) {
            if self.evicted.len() == EVICTED_MAX {
                self.evicted.pop_front();
            }
            self.evicted.push_back((tag.to_vec(), consumer.no_ack));
        }
    }

    /// `no_ack` of a consumer that was evicted and has not come back.
    pub fn evicted(&self, tag: &[u8]) -> Option<bool> {
        let evicted = self.evicted.iter().find(|(evicted, _)| evicted == tag);
        evicted.map(|(_, no_ack)| *no_ack)
    }

    /// The client declares a queue; without an answer if it asked for none.
    pub fn declare(&mut self, queue: &[u8], nowait: bool) {
        self.ask(Request::Declare {
            queue: queue.to_vec(),
            answered: nowait,
        });
    }

    pub fn declare_ok(&mut self, name: &[u8]) {
        let declared = |request: &&mut Request| {
            matches!(
                request,
                Request::Declare {
                    answered: false,
                    ..
                }
            )
        };
        if let Some(Request::Declare { queue, answered }) = self.pending.iter_mut().find(declared) {
            *queue = name.to_vec();
            *answered = true;
        }
        self.learn();
    }

    /// The client consumes; without an answer if it asked for none.
    pub fn consume(&mut self, queue: &[u8], tag: &[u8], no_ack: bool, nowait: bool) {
        let consumer = Consumer {
            queue: queue.to_vec(),
            no_ack,
        };
        self.ask(Request::Consume {
            tag: tag.to_vec(),
            consumer,
            answered: nowait,
        });
    }

    pub fn consume_ok(&mut self, name: &[u8]) {
        let consumed = |request: &&mut Request| {
            matches!(
                request,
                Request::Consume {
                    answered: false,
                    ..
                }
            )
        };
        if let Some(Request::Consume { tag, answered, .. }) = self.pending.iter_mut().find(consumed)
        {
            *tag = name.to_vec();
            *answered = true;
        }
        self.learn();
    }

    pub fn cancelled(&mut self, tag: &[u8]) {
        self.by_tag.remove(tag);
    }

    pub fn get(&mut self, no_ack: bool) {
        if self.gets.len() < PENDING_MAX {
            self.gets.push_back(no_ack);
        }
    }

    /// The answer to the oldest `basic.get`; whether its message is settled already.
    pub fn got(&mut self) -> bool {
        self.gets.pop_front().unwrap_or(false)
    }

    fn ask(&mut self, request: Request) {
        if self.pending.len() == PENDING_MAX {
            self.pending.pop_front();
        }
        self.pending.push_back(request);
        self.learn();
    }

    /// Takes what is answered, in the order of requests.
    fn learn(&mut self) {
        while let Some(request) = self.pending.pop_front() {
            match request {
                Request::Declare {
                    queue,
                    answered: true,
                } => self.last_declared = queue,
                Request::Consume {
                    tag,
                    mut consumer,
                    answered: true,
                } => {
                    if consumer.queue.is_empty() {
                        consumer.queue.clone_from(&self.last_declared);
                    }
                    self.evicted.retain(|(evicted, _)| *evicted != tag);
                    if self.by_tag.len() < CONSUMERS_MAX {
                        self.by_tag.insert(tag, consumer);
                    }
                }
                waiting @ (Request::Declare {
                    answered: false, ..
                }
                | Request::Consume {
                    answered: false, ..
                }) => {
                    self.pending.push_front(waiting);
                    return;
                }
            }
        }
    }
}
