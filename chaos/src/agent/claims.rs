//! Who is broken how: a second fault of the kind would take the first one's work for the state before, and each would
//! end the other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fault::FaultError;

/// Kinds of faults, and the subjects they are in force at. As many as there are faults and victims.
#[derive(Clone, Default)]
pub struct Claims(Arc<Mutex<BTreeSet<Subject>>>);

type Subject = (String, String);

/// It is ours until it is dropped.
pub struct Claim {
    subject: Subject,
    all: Claims,
}

impl Claims {
    pub fn claim(&self, fault: &str, subject: &str) -> Result<Claim, FaultError> {
        let one = (fault.to_owned(), subject.to_owned());
        match self.locked().insert(one.clone()) {
            true => Ok(Claim {
                subject: one,
                all: self.clone(),
            }),
            false => Err(FaultError::InForce {
                fault: one.0,
                subject: one.1,
            }),
        }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeSet<Subject>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.locked().remove(&self.subject);
    }
}
