//! Properties and headers, both ways.

use crate::message::{Headers, Message, Value};
use bytes::Bytes;
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldArray, FieldTable, LongString, ShortString},
};

/// Persistent: survives a restart of the broker.
const DELIVERY_MODE_PERSISTENT: u8 = 2;

/// Longer than 255 bytes cannot be a short string; what came from AMQP or from our
/// constants never is, and input must not be able to panic us.
pub(super) fn short(text: &str) -> ShortString {
    let mut end = text.len().min(255);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    ShortString::try_new(&text[..end]).unwrap_or_default()
}

pub(super) fn properties_of(message: &Message) -> BasicProperties {
    let mut properties = BasicProperties::default()
        .with_content_type(short("application/json"))
        .with_delivery_mode(DELIVERY_MODE_PERSISTENT);
    if let Some(id) = &message.id {
        properties = properties.with_message_id(short(id));
    }
    if let Some(kind) = &message.kind {
        properties = properties.with_type(short(kind));
    }
    if let Some(id) = &message.correlation_id {
        properties = properties.with_correlation_id(short(id));
    }
    let mut headers = FieldTable::default();
    for (name, value) in message.headers.iter() {
        headers.insert(short(name), to_amqp(value));
    }
    properties.with_headers(headers)
}

pub(super) fn message_of(properties: &BasicProperties, body: Vec<u8>) -> Message {
    let text = |property: &Option<ShortString>| property.as_ref().map(ToString::to_string);
    Message {
        id: text(properties.message_id()),
        kind: text(properties.kind()).map(Into::into),
        correlation_id: text(properties.correlation_id()),
        headers: properties
            .headers()
            .as_ref()
            .map_or_else(Headers::default, |table| {
                table
                    .into_iter()
                    .map(|(name, value)| (name.to_string().into(), of_amqp(value)))
                    .collect()
            }),
        body: Bytes::from(body),
    }
}

fn to_amqp(value: &Value) -> AMQPValue {
    match value {
        Value::Text(text) => AMQPValue::LongString(LongString::from(text.as_str())),
        Value::Integer(number) => AMQPValue::LongLongInt(*number),
        Value::Flag(flag) => AMQPValue::Boolean(*flag),
        Value::Bytes(bytes) => AMQPValue::ByteArray(bytes.clone().into()),
        Value::List(items) => {
            let mut array = FieldArray::default();
            items.iter().for_each(|item| array.push(to_amqp(item)));
            AMQPValue::FieldArray(array)
        }
        Value::Table(fields) => {
            let mut table = FieldTable::default();
            for (name, value) in fields {
                table.insert(short(name), to_amqp(value));
            }
            AMQPValue::FieldTable(table)
        }
        Value::Void => AMQPValue::Void,
    }
}

fn of_amqp(value: &AMQPValue) -> Value {
    match value {
        AMQPValue::Boolean(flag) => Value::Flag(*flag),
        AMQPValue::ShortShortInt(n) => Value::Integer(i64::from(*n)),
        AMQPValue::ShortShortUInt(n) => Value::Integer(i64::from(*n)),
        AMQPValue::ShortInt(n) => Value::Integer(i64::from(*n)),
        AMQPValue::ShortUInt(n) => Value::Integer(i64::from(*n)),
        AMQPValue::LongInt(n) => Value::Integer(i64::from(*n)),
        AMQPValue::LongUInt(n) => Value::Integer(i64::from(*n)),
        AMQPValue::LongLongInt(n) => Value::Integer(*n),
        AMQPValue::Timestamp(n) => Value::Integer(i64::try_from(*n).unwrap_or(i64::MAX)),
        AMQPValue::Float(n) => Value::Text(n.to_string()),
        AMQPValue::Double(n) => Value::Text(n.to_string()),
        AMQPValue::DecimalValue(n) => Value::Text(format!("{n:?}")),
        AMQPValue::ShortString(text) => Value::Text(text.to_string()),
        AMQPValue::LongString(text) => match std::str::from_utf8(text.as_bytes()) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Bytes(text.as_bytes().to_vec()),
        },
        AMQPValue::FieldArray(items) => Value::List(items.as_slice().iter().map(of_amqp).collect()),
        AMQPValue::FieldTable(table) => Value::Table(
            table
                .into_iter()
                .map(|(name, value)| (name.to_string(), of_amqp(value)))
                .collect(),
        ),
        AMQPValue::ByteArray(bytes) => Value::Bytes(bytes.as_slice().to_vec()),
        AMQPValue::Void => Value::Void,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_every_kind_of_header_survives_the_properties() {
        let mut headers = Headers::default();
        headers.set("flag", Value::Flag(true));
        headers.set("list", Value::List(vec![Value::Integer(-1), Value::Void]));
        headers.set("raw", Value::Bytes(vec![0xff]));
        headers.set(
            "table",
            Value::Table(vec![("k".into(), Value::Text("v".into()))]),
        );
        let message = Message {
            id: Some("id".into()),
            kind: Some("stock.reserved".into()),
            correlation_id: None,
            headers,
            body: Bytes::from_static(b"{}"),
        };
        let back = message_of(&properties_of(&message), message.body.to_vec());
        assert_eq!(back, message);
    }

    #[test]
    fn an_overlong_name_is_cut_at_a_character_and_does_not_panic() {
        assert_eq!(short(&"ü".repeat(200)).as_str().len(), 254);
    }
}
