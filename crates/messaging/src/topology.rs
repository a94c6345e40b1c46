//! Who hears what, as plain data. A broker declares it, idempotently, on every connect.
//!
//! ```text
//!  topic  events    ──<kind>.<coordination>──> one quorum queue a service
//!                   ──#──────────────────────> stream events.log
//!  direct commands  ──<service>──────────────> the same queue
//!  direct dead      ──<service>──────────────> <service>.dead
//! ```

pub const EVENTS: &str = "events";
pub const COMMANDS: &str = "commands";
pub const DEAD: &str = "dead";

/// A message is given up by the broker after so many failed deliveries. A service that
/// dies with a full prefetch counts one against each message it held, innocent ones
/// included, so the limit is well above the crashes of a bad day; a message that fails
/// alone is quarantined by the pipeline at its first attempt and never comes near it.
pub const DELIVERY_LIMIT: u32 = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeKind {
    Topic,
    Direct,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub name: String,
    pub kind: ExchangeKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// Replicated, one delivery at a time to competing consumers. Full means refused
    /// (`reject-publish`): a nack tells the publisher, `drop-head` tells nobody.
    Quorum {
        delivery_limit: Option<u32>,
        /// Exchange and routing key; at-least-once.
        dead_letter: Option<(String, String)>,
        length_max: Option<u64>,
    },
    /// Append-only; read from any offset.
    Stream { bytes_max: u64 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    pub kind: QueueKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub queue: String,
    pub exchange: String,
    pub routing_key: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    pub exchanges: Vec<Exchange>,
    pub queues: Vec<Queue>,
    pub bindings: Vec<Binding>,
}

impl Topology {
    /// The three exchanges and nothing bound.
    pub fn new() -> Self {
        let exchange = |name: &str, kind| Exchange {
            name: name.to_owned(),
            kind,
        };
        Self {
            exchanges: vec![
                exchange(EVENTS, ExchangeKind::Topic),
                exchange(COMMANDS, ExchangeKind::Direct),
                exchange(DEAD, ExchangeKind::Direct),
            ],
            queues: Vec::new(),
            bindings: Vec::new(),
        }
    }

    /// A participant: its queue, the events it hears, its commands, its dead letters.
    pub fn participant(mut self, queue: &str, event_keys: &[&str]) -> Self {
        let dead = dead_queue(queue);
        self.queues.push(Queue {
            name: queue.to_owned(),
            kind: QueueKind::Quorum {
                delivery_limit: Some(DELIVERY_LIMIT),
                dead_letter: Some((DEAD.to_owned(), queue.to_owned())),
                length_max: None,
            },
        });
        self.queues.push(Queue {
            name: dead.clone(),
            kind: QueueKind::Quorum {
                delivery_limit: None,
                dead_letter: None,
                length_max: None,
            },
        });
        for key in event_keys {
            self = self.bind(queue, EVENTS, key);
        }
        self.bind(queue, COMMANDS, queue).bind(&dead, DEAD, queue)
    }

    /// A stream that hears every event.
    pub fn log(mut self, stream: &str, bytes_max: u64) -> Self {
        self.queues.push(Queue {
            name: stream.to_owned(),
            kind: QueueKind::Stream { bytes_max },
        });
        self.bind(stream, EVENTS, "#")
    }

    pub fn bind(mut self, queue: &str, exchange: &str, routing_key: &str) -> Self {
        self.bindings.push(Binding {
            queue: queue.to_owned(),
            exchange: exchange.to_owned(),
            routing_key: routing_key.to_owned(),
        });
        self
    }
}

/// Where tooling finds what a service could not handle.
pub fn dead_queue(service: &str) -> String {
    format!("{service}.dead")
}

/// AMQP topic matching: `*` is one word, `#` is any number of words.
pub fn matches(pattern: &str, key: &str) -> bool {
    fn words(pattern: &[&str], key: &[&str]) -> bool {
        match (pattern.split_first(), key.split_first()) {
            (None, None) => true,
            (Some((&"#", rest)), _) => {
                words(rest, key)
                    || key
                        .split_first()
                        .is_some_and(|(_, key)| words(pattern, key))
            }
            (Some((&"*", rest)), Some((_, key))) => words(rest, key),
            (Some((word, rest)), Some((first, key))) => word == first && words(rest, key),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
    let (pattern, key): (Vec<_>, Vec<_>) = (pattern.split('.').collect(), key.split('.').collect());
    words(&pattern, &key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_patterns_match_as_the_broker_matches_them() {
        for (pattern, key, expected) in [
            ("#", "stock.reserved.none", true),
            ("*.*.orchestration", "stock.reserved.orchestration", true),
            ("*.*.orchestration", "stock.reserved.choreography", false),
            ("stock.#", "stock", true),
            ("stock.*", "stock", false),
            ("#.none", "sku.priced.none", true),
            ("stock.reserved.*", "stock.reserved.a.b", false),
        ] {
            assert_eq!(matches(pattern, key), expected, "{pattern} / {key}");
        }
    }

    #[test]
    fn a_participant_hears_its_events_its_commands_and_keeps_its_dead() {
        let topology = Topology::new().participant("payments", &["stock.reserved.choreography"]);
        let bound: Vec<_> = topology
            .bindings
            .iter()
            .map(|b| {
                (
                    b.queue.as_str(),
                    b.exchange.as_str(),
                    b.routing_key.as_str(),
                )
            })
            .collect();
        assert_eq!(
            bound,
            [
                ("payments", EVENTS, "stock.reserved.choreography"),
                ("payments", COMMANDS, "payments"),
                ("payments.dead", DEAD, "payments"),
            ]
        );
    }
}
