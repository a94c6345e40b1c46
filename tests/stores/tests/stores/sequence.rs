//! A sequence that reads as steps, one a line.

use proptest::{collection::vec, prelude::*};
use std::fmt;

#[derive(Clone)]
pub struct Sequence<S>(pub Vec<S>);

impl<S: fmt::Debug> fmt::Debug for Sequence<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            write!(f, "\n  {:>3}. {step:?}", place + 1)?;
        }
        Ok(())
    }
}

pub fn sequence<S: fmt::Debug + Clone>(
    step: impl Strategy<Value = S>,
    steps_max: usize,
) -> impl Strategy<Value = Sequence<S>> {
    vec(step, 1..=steps_max).prop_map(Sequence)
}
