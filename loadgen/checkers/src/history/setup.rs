//! What a run brings into the system before it loads it.

use serde::{Deserialize, Serialize};

/// What the run put into the system before it loaded it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// Every customer and SKU of the run starts with it.
    pub prefix: String,
    pub accounts: Vec<FundedAccount>,
    pub skus: Vec<StockedSku>,
    /// Operations with a lower number are the warm-up's: asked again until they succeeded, they say nothing of the load.
    #[serde(default)]
    pub warm_up_ops: u64,
    /// Customers of others whose account was wrong before the run began: not this run's doing.
    #[serde(default)]
    pub already_wrong: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FundedAccount {
    pub customer: String,
    pub deposited_minor: i64,
    pub blocked: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockedSku {
    pub sku: String,
    pub unit_price_minor: i64,
    pub received: i64,
}
