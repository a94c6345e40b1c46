//! The protobuf wire format: one message's bytes as an iterator over its fields.

use super::Malformed;

/// A field's value as the wire has it, borrowed from the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub number: u32,
    pub payload: Payload<'a>,
}

/// The fields of one message, in the order of the wire. Ends after the first mistake.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn read(&mut self) -> Result<Field<'a>, Malformed> {
        let tag = varint_from(&mut self.rest)?;
        let number = u32::try_from(tag >> 3).map_err(|_| Malformed::Tag)?;
        // protobuf numbers fields in 29 bits, from 1
        if number == 0 || number >= 1 << 29 {
            return Err(Malformed::Tag);
        }
        let payload = match tag & 7 {
            0 => Payload::Varint(varint_from(&mut self.rest)?),
            1 => Payload::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = varint_from(&mut self.rest)?;
                let length = usize::try_from(length).map_err(|_| Malformed::Truncated)?;
                Payload::Bytes(self.take(length)?)
            }
            5 => Payload::Fixed32(u32::from_le_bytes(self.array()?)),
            // groups (3, 4) left the language before OTLP entered it
            _ => return Err(Malformed::Tag),
        };
        Ok(Field { number, payload })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// Takes one base-128 number off the front of `rest`.
pub(crate) fn varint_from(rest: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0u64;
    // 64 bits are ten groups of seven, the tenth of which holds one bit
    for shift in (0..70).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or(Malformed::Truncated)?;
        *rest = tail;
        if shift == 63 && byte > 1 {
            return Err(Malformed::Varint);
        }
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Malformed::Varint)
}

pub(crate) fn varint_into(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_written_is_the_number_read(value: u64) {
            let mut bytes = Vec::new();
            varint_into(&mut bytes, value);
            prop_assert!(bytes.len() <= 10);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(varint_from(&mut rest), Ok(value));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn any_bytes_end_in_fields_or_one_mistake(bytes: Vec<u8>) {
            let read: Vec<_> = Fields::of(&bytes).collect();
            prop_assert!(read.iter().rev().skip(1).all(Result::is_ok));
        }
    }

    #[test]
    fn a_number_of_eleven_groups_or_of_65_bits_is_refused() {
        assert_eq!(
            varint_from(&mut [0xff; 11].as_slice()),
            Err(Malformed::Varint)
        );
        let mut wide = [0xff; 10];
        wide[9] = 2;
        assert_eq!(varint_from(&mut wide.as_slice()), Err(Malformed::Varint));
    }
}
