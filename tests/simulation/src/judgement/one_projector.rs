//! S2: whoever projects has the newest lease, and goes on from where the last one was.
//!
//! The version check of the rows forgives a second projector most of what it does; the
//! offset does not.

use super::Inside;
use checkers::{
    Report,
    verdict::{Claim, Examination},
};

pub const CLAIM: Claim = Claim {
    id: "S2",
    title: "the projection has one writer and never goes back",
};

pub fn check(inside: &Inside) -> Report {
    let mut exam = Examination::of(CLAIM);
    exam.count(inside.projections, "commits of a projector");
    for setback in &inside.setbacks {
        exam.wrong(
            "the projector's row",
            "order-view.projector",
            "an epoch and an offset that never fall",
            setback.as_str(),
        );
    }
    exam.finish()
}
