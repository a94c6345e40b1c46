//! A megabyte of records that needs nothing outside itself to be read.
//!
//! A text is written once a segment; later occurrences refer to the first by its offset. Attribute keys,
//! span names and order ids repeat so much that this alone makes a span a quarter of its protobuf, and since
//! the references stay inside, a segment is evicted by dropping it. [`super::reader`] is the way back.
//!
//! ```text
//!   text := varint((length + 1) << 1), bytes     literal
//!         | varint(0), 16 bytes                  literal UUID in its usual spelling
//!         | varint(offset << 1 | 1)              the literal at that offset of this segment
//! ```

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use uuid::Uuid;

use super::reader::{Reader, Text, parse_uuid};
use crate::otlp::varint_into;

/// Large enough that texts written once in each weigh little (about 1 %), small enough that evicting one is a
/// hundredth of what is kept.
pub(super) const SEGMENT_BYTES: usize = 1 << 20;

/// Below this a reference would save nothing.
const SHARED_TEXT_MIN: usize = 3;

/// Above this texts hardly ever repeat, and comparing them would cost.
const SHARED_TEXT_MAX: usize = 1_024;

/// Texts remembered while a segment is written, about 2 MB. A full segment has about 30,000.
const REMEMBERED_MAX: usize = 65_536;

/// The segment that is being written.
#[derive(Debug)]
pub(super) struct OpenSegment {
    pub bytes: Vec<u8>,
    texts: HashMap<u64, u32, BuildHasherDefault<AlreadyHashed>>,
    hash: RandomState,
}

impl OpenSegment {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(SEGMENT_BYTES),
            texts: HashMap::default(),
            hash: RandomState::new(),
        }
    }

    /// Takes the segment out, to be kept, and begins the next one.
    pub(super) fn seal(&mut self) -> Box<[u8]> {
        self.texts.clear();
        // exactly what is used: the buffer itself stays and is written again
        let sealed = self.bytes.as_slice().into();
        self.bytes.clear();
        sealed
    }

    /// What the open segment takes, full or not.
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity() + self.texts.capacity() * size_of::<(u64, u32)>()
    }

    pub(super) fn varint(&mut self, value: u64) {
        varint_into(&mut self.bytes, value);
    }

    /// Small for numbers around zero, whichever their sign.
    pub(super) fn difference(&mut self, value: u64, base: u64) {
        let difference = value.wrapping_sub(base) as i64;
        self.varint(((difference << 1) ^ (difference >> 63)) as u64);
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        let shared = (SHARED_TEXT_MIN..=SHARED_TEXT_MAX).contains(&text.len());
        let uuid = parse_uuid(text);
        if shared {
            let hash = self.hash.hash_one(text);
            match self.texts.get(&hash) {
                Some(&offset) if self.holds(offset, text, uuid) => {
                    return self.varint(u64::from(offset) << 1 | 1);
                }
                Some(_) => {}
                None if self.texts.len() < REMEMBERED_MAX => {
                    self.texts.insert(hash, self.bytes.len() as u32);
                }
                None => {}
            }
        }
        match uuid {
            Some(uuid) => {
                self.varint(0);
                self.bytes.extend_from_slice(uuid.as_bytes());
            }
            None => {
                self.varint((text.len() as u64 + 1) << 1);
                self.bytes.extend_from_slice(text);
            }
        }
    }

    fn holds(&self, offset: u32, text: &[u8], uuid: Option<Uuid>) -> bool {
        match Reader::at(&self.bytes, offset).text() {
            Some(Text::Plain(held)) => held.as_bytes() == text,
            Some(Text::Uuid(held)) => Some(held) == uuid,
            None => false,
        }
    }
}

/// The keys are hashes already, of a keyed hash function.
#[derive(Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_read_back_in_order_however_often_they_repeat(
            texts in prop::collection::vec(prop_oneof!["[a-c]{0,4}", ".{0,40}", Just(Uuid::nil().to_string())], 0..50),
        ) {
            let mut open = OpenSegment::new();
            for text in texts.iter().chain(&texts) {
                open.text(text.as_bytes());
            }
            let sealed = open.seal();
            let mut reader = Reader::at(&sealed, 0);
            for text in texts.iter().chain(&texts) {
                let read = reader.text().expect("a text for each written");
                prop_assert!(read.is(text));
                prop_assert_eq!(read.into_str(), text.as_str());
            }
            prop_assert_eq!(reader.byte(), None);
        }

        #[test]
        fn a_difference_reads_back_around_the_whole_circle(value: u64, base: u64) {
            let mut open = OpenSegment::new();
            open.difference(value, base);
            prop_assert_eq!(Reader::at(&open.bytes, 0).difference(base), Some(value));
        }

        #[test]
        fn reading_any_bytes_ends(bytes: Vec<u8>, offset: u32) {
            let mut reader = Reader::at(&bytes, offset);
            while reader.text().is_some() {}
        }
    }

    #[test]
    fn a_uuid_in_an_unusual_spelling_keeps_it() {
        let loud = "A1A2A3A4-B1B2-C1C2-D1D2-D3D4D5D6D7D8";
        let mut open = OpenSegment::new();
        open.text(loud.as_bytes());
        assert_eq!(Reader::at(&open.bytes, 0).text(), Some(Text::Plain(loud)));
    }
}
