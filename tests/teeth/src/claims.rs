//! What a variant may name as the claim that catches it: the judges' own lists.

use crate::level::{Level, stores};
use std::collections::BTreeSet;

/// By the words that the level's program prints.
pub fn at(level: Level) -> Vec<&'static str> {
    let judged = checkers::claims::ALL.map(|claim| claim.id);
    match level {
        Level::Model => model_claims(),
        Level::Simulation => simulation::judgement::CLAIMS.map(|claim| claim.id).to_vec(),
        Level::Stores => stores::TESTS.to_vec(),
        Level::Run => judged.to_vec(),
    }
}

/// What holds in the models, and what each of them must come to see.
fn model_claims() -> Vec<&'static str> {
    let claims = model_check::claims::ALL.map(|claim| claim.name);
    let models = model_check::scenario::all().into_iter();
    let sights = models
        .flat_map(|model| model.sights)
        .map(|sight| sight.name);
    let mut all: Vec<_> = claims.into_iter().chain(sights).collect();
    let mut known = BTreeSet::new();
    all.retain(|claim| known.insert(*claim));
    all
}

/// What a claim of a judge says, for those whose name is a number.
pub fn title(claim: &str) -> Option<&'static str> {
    let judged = checkers::claims::ALL.into_iter();
    let mut all = judged.chain(simulation::judgement::CLAIMS);
    all.find(|known| known.id == claim).map(|known| known.title)
}
