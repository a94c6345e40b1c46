//! Looking one name up in a field table, without building the table.

use super::Fields;
use std::borrow::Cow;

/// A value that something is made of here; the others are only stepped over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Text(&'a [u8]),
    Integer(i128),
    Flag(bool),
    Table(&'a [u8]),
    Other,
}

impl<'a> Value<'a> {
    /// As a person would write it.
    pub fn text(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Integer(number) => Some(number.to_string().into_bytes().into()),
            Self::Flag(flag) => Some(flag.to_string().into_bytes().into()),
            Self::Table(_) | Self::Other => None,
        }
    }
}

/// The first value of this name. A table inside is stepped over by its length, so depth
/// costs nothing; what stands behind a value of unknown type cannot be read.
pub fn find<'a>(table: &'a [u8], name: &[u8]) -> Option<Value<'a>> {
    let mut fields = Fields::new(table);
    loop {
        let found = fields.short_string()?;
        let value = value(&mut fields)?;
        if found == name {
            return Some(value);
        }
    }
}

/// With the types as RabbitMQ understands them, which are not quite the specification's.
fn value<'a>(fields: &mut Fields<'a>) -> Option<Value<'a>> {
    Some(match fields.octet()? {
        b't' => Value::Flag(fields.octet()? != 0),
        b'b' => Value::Integer((fields.octet()? as i8).into()),
        b'B' => Value::Integer(fields.octet()?.into()),
        b's' => Value::Integer((fields.short()? as i16).into()),
        b'u' => Value::Integer(fields.short()?.into()),
        b'I' => Value::Integer((fields.long()? as i32).into()),
        b'i' => Value::Integer(fields.long()?.into()),
        b'l' | b'L' => Value::Integer((fields.long_long()? as i64).into()),
        b'T' => Value::Integer(fields.long_long()?.into()),
        b'S' => Value::Text(fields.long_string()?),
        b'F' => Value::Table(fields.long_string()?),
        b'A' | b'x' => {
            fields.long_string()?;
            Value::Other
        }
        b'd' => {
            fields.long_long()?;
            Value::Other
        }
        b'f' => {
            fields.long()?;
            Value::Other
        }
        b'D' => {
            fields.octet()?;
            fields.long()?;
            Value::Other
        }
        b'V' => Value::Other,
        _ => return None,
    })
}
