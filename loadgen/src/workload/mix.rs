//! What customers do, as shares of all orders.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mix {
    /// Orchestrated; the others are choreographed
    #[schemars(range(min = 0, max = 1))]
    pub orchestration: f64,
    /// Whose customer changes their mind
    #[schemars(range(min = 0, max = 1))]
    pub cancel: f64,
    /// Which must be refused
    pub refusals: Refusals,
    /// Which compete for a few units
    #[schemars(range(min = 0, max = 1))]
    pub contended: f64,
    /// Whose customer does not wait for the answer, and sends the order again with the same key
    #[schemars(range(min = 0, max = 1))]
    pub impatient: f64,
    /// Which are read back as soon as they are acknowledged
    pub reads: Reads,
}

/// By reason
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Refusals {
    #[schemars(range(min = 0, max = 1))]
    pub out_of_stock: f64,
    #[schemars(range(min = 0, max = 1))]
    pub insufficient_funds: f64,
    #[schemars(range(min = 0, max = 1))]
    pub account_blocked: f64,
    #[schemars(range(min = 0, max = 1))]
    pub not_serviceable: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reads {
    /// With the consistency token: must see the order
    #[schemars(range(min = 0, max = 1))]
    pub with_token: f64,
    /// Without: may see an older state, which is counted
    #[schemars(range(min = 0, max = 1))]
    pub without_token: f64,
}

/// Every kind of order in a run of a minute, and most of them plain.
impl Default for Mix {
    fn default() -> Self {
        Self {
            orchestration: 0.5,
            cancel: 0.05,
            refusals: Refusals::default(),
            contended: 0.02,
            impatient: 0.0,
            reads: Reads::default(),
        }
    }
}

impl Default for Refusals {
    fn default() -> Self {
        Self::evenly(0.08)
    }
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            with_token: 0.1,
            without_token: 0.0,
        }
    }
}

impl Mix {
    /// Shares that one order can have only one of, and that are more than there are orders.
    pub fn breaches(&self) -> impl Iterator<Item = (&'static str, String)> {
        let refused_or_contended = self.refusals.total() + self.contended;
        let read = self.reads.with_token + self.reads.without_token;
        [
            (
                "mix.refusals",
                "refusals and contended",
                refused_or_contended,
            ),
            ("mix.reads", "reads with and without a token", read),
        ]
        .into_iter()
        // What ten shares of a tenth add up to is not quite one.
        .filter(|(_, _, sum)| *sum > 1.0 + 1e-9)
        .map(|(path, what, sum)| {
            (
                path,
                format!("{what} are {sum:.2} of all orders, more than all"),
            )
        })
    }
}

impl Refusals {
    /// In equal parts for each reason.
    pub fn evenly(share: f64) -> Self {
        let each = share / 4.0;
        Self {
            out_of_stock: each,
            insufficient_funds: each,
            account_blocked: each,
            not_serviceable: each,
        }
    }

    pub fn total(&self) -> f64 {
        self.out_of_stock + self.insufficient_funds + self.account_blocked + self.not_serviceable
    }
}
