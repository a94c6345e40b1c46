//! A patch file: what the mistake is, who must catch it, and the mistake itself.

use crate::{
    claims,
    difference::{self, DifferenceError, Overlay},
    header::{Header, HeaderError},
    level::Level,
};
use std::path::Path;

#[derive(Clone, Debug)]
pub struct Variant {
    /// The file's name without its ending.
    pub slug: String,
    pub title: String,
    pub mistake: String,
    /// A number of the table of failure modes, or a pattern's name.
    pub failure_mode: String,
    pub level: Level,
    pub claim: String,
    /// Of a real run: what breaks the system, a file of `chaos/experiments` without its ending.
    pub experiment: Option<String>,
    /// So many seeds may be needed, at most.
    pub seeds: u64,
    difference: String,
}

#[derive(Debug, thiserror::Error)]
pub enum VariantError {
    #[error(transparent)]
    Header(#[from] HeaderError),
    #[error("`Level: {0}` is none of model, simulation, stores, run")]
    Level(String),
    #[error("`Seeds: {found}` is not a number from 1 to {most}, which is what {level} can afford")]
    Seeds {
        found: String,
        level: Level,
        most: u64,
    },
    #[error("`Claim: {claim}` is no claim at level {level}; there are: {known}")]
    Claim {
        claim: String,
        level: Level,
        known: String,
    },
    #[error(
        "`Experiment:` names a file of chaos/experiments at level run, and is not there at another"
    )]
    Experiment,
    #[error(transparent)]
    Difference(#[from] DifferenceError),
}

impl Variant {
    pub fn parse(slug: &str, text: &str) -> Result<Self, VariantError> {
        let (header, difference) = Header::split(text)?;
        let word = header.get("Level")?;
        let level = Level::parse(word).ok_or_else(|| VariantError::Level(word.to_owned()))?;
        let claim = header.get("Claim")?.to_owned();
        let known = claims::at(level);
        if !known.contains(&claim.as_str()) {
            return Err(VariantError::Claim {
                claim,
                level,
                known: known.join("; "),
            });
        }
        let experiment = header.experiment().map(str::to_owned);
        if experiment.is_some() != (level == Level::Run) {
            return Err(VariantError::Experiment);
        }
        let (found, most) = (header.get("Seeds")?, level.seeds_max());
        let seeds = found
            .parse()
            .ok()
            .filter(|seeds| (1..=most).contains(seeds));
        Ok(Self {
            slug: slug.to_owned(),
            title: header.get("Variant")?.to_owned(),
            mistake: header.get("Mistake")?.to_owned(),
            failure_mode: header.get("Failure mode")?.to_owned(),
            seeds: seeds.ok_or_else(|| VariantError::Seeds {
                found: found.to_owned(),
                level,
                most,
            })?,
            level,
            claim,
            experiment,
            difference: difference.to_owned(),
        })
    }

    /// What the files of the workspace at `root` become.
    pub fn overlay(&self, root: &Path) -> Result<Overlay, VariantError> {
        Ok(difference::overlay(&self.difference, root)?)
    }

    /// Whether somebody has made this mistake in the workspace at `root`, with the files of `over` in their place.
    pub fn is_planted(&self, root: &Path, over: &Overlay) -> bool {
        difference::is_planted(&self.difference, root, over)
    }
}
