//! Trace and span ids: bytes on the wire, hex everywhere a person or JSON sees them.

use std::fmt;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(pub [u8; 16]);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(pub [u8; 8]);

impl TraceId {
    /// OTLP's rule: 16 bytes, not all zero.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(Self)
            .filter(|id| *id != Self::default())
    }

    /// Jaeger's rule: up to 32 hex digits, the left filled up with zeros.
    pub fn from_hex(text: &str) -> Option<Self> {
        // from_str_radix takes a sign, an id has none
        if text.len() > 32 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16)
            .ok()
            .map(|id| Self(id.to_be_bytes()))
    }
}

impl SpanId {
    /// OTLP's rule: 8 bytes, not all zero.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(Self)
            .filter(|id| *id != Self::default())
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_from_its_hex(bytes: [u8; 16]) {
            prop_assert_eq!(TraceId::from_hex(&TraceId(bytes).to_string()), Some(TraceId(bytes)));
        }
    }

    #[test]
    fn what_is_not_up_to_32_hex_digits_is_no_id() {
        for text in ["", "+1", "xyz", "0123456789abcdef0123456789abcdef0", "é"] {
            assert_eq!(TraceId::from_hex(text), None, "{text}");
        }
        assert_eq!(TraceId::from_hex("ff").map(|id| id.0[15]), Some(0xff));
    }

    #[test]
    fn an_id_of_zeros_or_of_another_length_is_none() {
        assert_eq!(SpanId::from_bytes(&[0; 8]), None);
        assert_eq!(SpanId::from_bytes(&[1; 7]), None);
        assert_eq!(TraceId::from_bytes(&[1; 8]), None);
    }
}
