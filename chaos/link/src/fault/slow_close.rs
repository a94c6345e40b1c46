//! The end of one side, heard late by the other.

use crate::{
    faults::Armed,
    rule::{Fault, Way},
    subject::Subject,
};
use std::{sync::Arc, time::Duration};

/// How much later an end that goes this way is heard of.
pub fn worked(armed: &Arc<Armed>, subject: &Subject, going: Way) -> Option<Duration> {
    match armed.rule.fault {
        Fault::SlowClose { delay } if subject.touch(armed, Some(going), 0) => Some(delay),
        _ => None,
    }
}
