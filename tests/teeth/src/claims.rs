//! What a variant may name as the claim that catches it: the judges' own lists.

use crate::level::Level;

/// By the words that the level's program prints.
pub fn at(level: Level) -> Vec<&'static str> {
    let judged = checkers::claims::ALL.map(|claim| claim.id);
    match level {
        Level::Model => model_check::claims::ALL.map(|claim| claim.name).to_vec(),
        Level::Simulation => simulation::judgement::CLAIMS.map(|claim| claim.id).to_vec(),
        Level::Run => judged.to_vec(),
    }
}

/// What a claim of a judge says, for those whose name is a number.
pub fn title(claim: &str) -> Option<&'static str> {
    let judged = checkers::claims::ALL.into_iter();
    let mut all = judged.chain(simulation::judgement::CLAIMS);
    all.find(|known| known.id == claim).map(|known| known.title)
}
