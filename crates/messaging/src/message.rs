//! A message as a broker carries it: properties, headers, bytes. Nothing is interpreted here.

use bytes::Bytes;
use std::borrow::Cow;

/// What is sent and received. `None` is an absent AMQP property.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// `message-id`
    pub id: Option<String>,
    /// `type`
    pub kind: Option<Cow<'static, str>>,
    /// `correlation-id`
    pub correlation_id: Option<String>,
    pub headers: Headers,
    pub body: Bytes,
}

/// A message and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    pub exchange: Cow<'static, str>,
    pub routing_key: String,
    pub message: Message,
}

/// A header's value: the AMQP types that carry information, so that a quarantined
/// message keeps the headers it came with. Floats and decimals become text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Integer(i64),
    Flag(bool),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    Table(Vec<(String, Value)>),
    Void,
}

/// Headers in the order they were put. A handful: a scan is faster than a tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headers(Vec<(Cow<'static, str>, Value)>);

impl Headers {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            Value::Integer(_)
            | Value::Flag(_)
            | Value::Bytes(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Void => None,
        }
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Integer(number) => Some(*number),
            Value::Text(_)
            | Value::Flag(_)
            | Value::Bytes(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Void => None,
        }
    }

    /// Puts a header, in the place of one with the same name.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name, value)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

impl FromIterator<(Cow<'static, str>, Value)> for Headers {
    fn from_iter<I: IntoIterator<Item = (Cow<'static, str>, Value)>>(headers: I) -> Self {
        Self(headers.into_iter().collect())
    }
}
