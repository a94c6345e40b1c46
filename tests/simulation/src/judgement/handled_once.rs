//! S4: a message that was handled has said what it has to say.
//!
//! The rules forgive most repetitions, and what is said again has the id that it had. An
//! inbox that is not believed shows here before a rule that does not forgive is written.

use super::Inside;
use checkers::{
    Report,
    verdict::{Claim, Examination},
};

pub const CLAIM: Claim = Claim {
    id: "S4",
    title: "a message that was handled causes nothing again",
};

pub fn check(inside: &Inside) -> Report {
    let mut exam = Examination::of(CLAIM);
    exam.count(inside.messages, "messages handled");
    for repeat in &inside.repeats {
        exam.wrong(
            repeat.as_str(),
            "the outbox",
            "messages caused by one of the same transaction",
            "a cause that was handled before",
        );
    }
    exam.finish()
}
