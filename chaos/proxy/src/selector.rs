//! Which messages a rule is for.

use crate::properties;

/// All that is given must fit; what is not given fits everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    pub exchange: Option<String>,
    /// A binding pattern of a topic exchange: `*` is one word, `#` is any number of them.
    pub routing_key: Option<String>,
    /// Deliveries only: publishes name no queue.
    pub queue: Option<String>,
    pub message_id: Option<String>,
    /// What the client called its connection, in the property `connection_name`.
    pub connection: Option<String>,
    /// Deliveries only: the consumer's tag.
    pub consumer: Option<String>,
    /// Name and value of one of the message's headers; numbers as they are written.
    pub header: Option<(String, String)>,
    /// Only the n-th message that fits the above, counted from one.
    pub nth: Option<u64>,
    pub probability: Option<Probability>,
}

/// A share of messages, from none to all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability(f64);

#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a probability lies between 0 and 1, {0} does not")]
pub struct NotAProbability(f64);

impl Probability {
    pub fn new(share: f64) -> Result<Self, NotAProbability> {
        match (0.0..=1.0).contains(&share) {
            true => Ok(Self(share)),
            false => Err(NotAProbability(share)),
        }
    }

    pub fn share(self) -> f64 {
        self.0
    }
}

/// What is known of a message when a rule is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message<'a> {
    pub exchange: &'a [u8],
    pub routing_key: &'a [u8],
    pub queue: Option<&'a [u8]>,
    pub message_id: Option<&'a [u8]>,
    pub connection: Option<&'a [u8]>,
    pub consumer: Option<&'a [u8]>,
    /// The payload of the content header, for rules that ask for more than the id.
    pub content: Option<&'a [u8]>,
}

impl Selector {
    /// What the method frame alone tells: the content header is not here yet.
    pub fn may_fit(&self, message: &Message<'_>) -> bool {
        fits(self.exchange.as_ref(), Some(message.exchange))
            && fits(self.queue.as_ref(), message.queue)
            && fits(self.connection.as_ref(), message.connection)
            && fits(self.consumer.as_ref(), message.consumer)
            && self
                .routing_key
                .as_ref()
                .is_none_or(|pattern| topic_matches(pattern.as_bytes(), message.routing_key))
    }

    /// Everything but count and chance.
    pub fn fits(&self, message: &Message<'_>) -> bool {
        self.may_fit(message)
            && fits(self.message_id.as_ref(), message.message_id)
            && (self.header.as_ref()).is_none_or(|(name, value)| {
                (message.content)
                    .and_then(|content| properties::header(content, name.as_bytes()))
                    .is_some_and(|found| *found == *value.as_bytes())
            })
    }
}

fn fits(wanted: Option<&String>, found: Option<&[u8]>) -> bool {
    wanted.is_none_or(|wanted| found == Some(wanted.as_bytes()))
}

/// As a topic exchange matches, in time of words times words.
fn topic_matches(pattern: &[u8], key: &[u8]) -> bool {
    fn words(text: &[u8]) -> Vec<&[u8]> {
        match text {
            [] => Vec::new(),
            text => text.split(|octet| *octet == b'.').collect(),
        }
    }
    // matched[k]: the pattern so far matches the first k words of the key.
    let key = words(key);
    let mut matched = vec![false; key.len() + 1];
    matched[0] = true;
    for word in words(pattern) {
        let mut next = vec![false; key.len() + 1];
        for at in 0..=key.len() {
            next[at] = match word {
                b"#" => matched[at] || at > 0 && next[at - 1],
                b"*" => at > 0 && matched[at - 1],
                word => at > 0 && matched[at - 1] && key[at - 1] == word,
            };
        }
        matched = next;
    }
    matched[key.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_keys_as_a_topic_exchange_does() {
        let matches = |pattern: &str, key: &str| topic_matches(pattern.as_bytes(), key.as_bytes());
        assert!(matches(
            "stock.*.choreography",
            "stock.reserved.choreography"
        ));
        assert!(!matches("stock.*", "stock.reserved.choreography"));
        assert!(matches("stock.#", "stock.reserved.choreography"));
        assert!(matches("stock.#", "stock"));
        assert!(matches("#", ""));
        assert!(matches("#.choreography", "a.b.choreography"));
        assert!(!matches("*", ""));
        assert!(!matches("stock", "stocks"));
    }

    #[test]
    fn a_share_outside_its_bounds_is_refused() {
        assert!(Probability::new(0.0).is_ok());
        assert!(Probability::new(1.0).is_ok());
        for share in [-0.1, 1.1, f64::NAN] {
            assert!(Probability::new(share).is_err(), "{share}");
        }
    }
}
