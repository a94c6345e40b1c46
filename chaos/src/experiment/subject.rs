//! At whom a fault is aimed, and how many of them it may hit.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// All that is given must fit; what is not given fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Of {
    /// Instances of this service: orders
    pub service: Option<String>,
    /// One process by its name: orders-1, rabbitmq
    pub process: Option<String>,
    /// Links to this dependency; of process faults, nothing
    pub link: Option<Dependency>,
}

/// What an instance is linked to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Dependency {
    Broker,
    Database,
    /// Where its spans go
    Traces,
    /// From the gateway to it
    Gateway,
}

impl Dependency {
    pub fn label(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Database => "database",
            Self::Traces => "traces",
            Self::Gateway => "gateway",
        }
    }
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = self
            .link
            .map(|link| format!("the link to {}", link.label()));
        let words: Vec<&str> = [&self.service, &self.process, &link]
            .into_iter()
            .filter_map(|word| word.as_deref())
            .collect();
        match words.is_empty() {
            true => f.write_str("everybody"),
            false => f.write_str(&words.join(", ")),
        }
    }
}

impl Of {
    pub fn fits(&self, process: &str, service: &str) -> bool {
        let is = |wanted: &Option<String>, found| wanted.as_deref().is_none_or(|it| it == found);
        is(&self.process, process) && is(&self.service, service)
    }
}

/// How many of those that fit are hit; the seed says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BlastRadius {
    #[default]
    One,
    All,
    Fixed(#[schemars(range(min = 1))] u32),
    /// Rounded up, so that some is never none
    Percent(#[schemars(range(min = 1, max = 100))] u8),
}

impl fmt::Display for BlastRadius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One => f.write_str("one"),
            Self::All => f.write_str("all"),
            Self::Fixed(n) => write!(f, "{n}"),
            Self::Percent(share) => write!(f, "{share} %"),
        }
    }
}

impl BlastRadius {
    pub fn count(self, of: usize) -> usize {
        match self {
            Self::One => of.min(1),
            Self::All => of,
            Self::Fixed(n) => of.min(n as usize),
            Self::Percent(share) => (of * usize::from(share.min(100))).div_ceil(100),
        }
    }

    /// Who is hit, of all that fit: the same for the same seed, question and names.
    pub fn choose<T: Clone>(
        self,
        seed: u64,
        question: &str,
        mut all: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Vec<T> {
        let dice = Dice::new(seed);
        all.sort_by(|left, right| name(left).cmp(name(right)));
        let mut chosen = Vec::new();
        for nth in 0..self.count(all.len()) {
            let at = dice.below(&format!("{question}/{nth}"), all.len());
            chosen.push(all.remove(at));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_is_never_none_and_never_more_than_there_are() {
        assert_eq!(BlastRadius::One.count(0), 0);
        assert_eq!(BlastRadius::Fixed(3).count(2), 2);
        assert_eq!(BlastRadius::Percent(1).count(2), 1);
        assert_eq!(BlastRadius::Percent(50).count(3), 2);
        assert_eq!(BlastRadius::Percent(200).count(3), 3);
    }

    #[test]
    fn the_seed_chooses_and_nobody_is_chosen_twice() {
        let choose = |seed| {
            let all = vec!["c", "a", "b"];
            BlastRadius::Fixed(2).choose(seed, "kill", all, |name| name)
        };
        assert_eq!(choose(7), choose(7));
        let some: std::collections::BTreeSet<_> = (0..64).map(choose).collect();
        assert_eq!(some.len(), 6, "every pair in either order");
        assert!(some.iter().all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn what_is_not_given_fits_all() {
        let of = Of {
            service: Some("orders".into()),
            ..Of::default()
        };
        assert!(of.fits("orders-1", "orders") && !of.fits("payments-1", "payments"));
        assert!(Of::default().fits("x", "y"));
    }
}
