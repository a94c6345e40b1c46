//! Octets that vanish.

use crate::{
    rule::{Fault, Way},
    subject::{Rules, Subject},
};
use tokio::time::Instant;

/// Whether what goes this way now vanishes.
pub fn swallows(rules: &Rules, subject: &Subject, going: Way, octets: usize) -> bool {
    (rules.live(Instant::now()))
        .filter(|armed| matches!(armed.rule.fault, Fault::Blackhole { way } if way.covers(going)))
        .any(|armed| subject.touch(armed, Some(going), octets))
}

/// Until nothing vanishes any more: an end is not lost, it is only not heard of before.
pub async fn hide_end(subject: &Subject, going: Way) {
    let mut rules = subject.rules();
    while swallows(&rules, subject, going, 0) {
        rules.changed().await;
        rules.current();
    }
}
