//! Settling tags: singly, or all up to one.

use std::collections::BTreeSet;

/// What one `ack`, `nack` or `reject` covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub tag: u64,
    /// Every outstanding tag up to this one.
    pub multiple: bool,
}

/// The fewest settlements that cover `tags`, which ascend, and none of `exempt`.
///
/// `multiple` reaches down to the first tag, so it may only be used below the lowest
/// exempt one; what lies above is settled singly.
pub fn cover(tags: &[u64], exempt: &BTreeSet<u64>) -> Vec<Settlement> {
    let below = match exempt.first() {
        Some(lowest) => tags.partition_point(|tag| tag < lowest),
        None => tags.len(),
    };
    let (together, singly) = tags.split_at(below);
    let together = together.last().map(|last| Settlement {
        tag: *last,
        multiple: together.len() > 1,
    });
    let singly = singly.iter().map(|tag| Settlement {
        tag: *tag,
        multiple: false,
    });
    together.into_iter().chain(singly).collect()
}
