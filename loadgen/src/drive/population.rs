//! The customers and goods of a run, made so that each refusal can be provoked on purpose.

use checkers::history::{FundedAccount, Setup, StockedSku};

use crate::settings::Settings;

/// Enough that many orders touch different rows, few enough that the popular ones are contended.
const SKUS: u64 = 40;
const CUSTOMERS: u64 = 100;
/// Enough that among so many races of two prices some arrive in the other order.
const REPRICED: u64 = 40;
/// Never sold out and never broke: above what any run can order.
const PLENTY_OF_UNITS: i64 = 1_000_000_000;
const PLENTY_OF_MONEY_MINOR: i64 = 1_000_000_000_000;
/// Less than the cheapest order.
const TOO_LITTLE_MINOR: i64 = 1;

#[derive(Clone, Debug)]
pub struct Population {
    pub prefix: String,
    pub skus: Vec<StockedSku>,
    /// Nobody ever delivered any.
    pub sold_out: StockedSku,
    /// Fewer units than will be asked for.
    pub contended: StockedSku,
    /// Sold by nobody, so that no order depends on which price it was placed at.
    pub repriced: Vec<String>,
    pub customers: Vec<FundedAccount>,
    pub poor: FundedAccount,
    pub blocked: FundedAccount,
}

impl Population {
    /// `prefix` begins every name, so that the rows of this run can be told from any other's.
    pub fn of(prefix: String, settings: &Settings) -> Self {
        let sku = |name: String, unit_price_minor, received| StockedSku {
            sku: format!("{prefix}{name}"),
            unit_price_minor,
            received,
        };
        let account = |name: String, deposited_minor, blocked| FundedAccount {
            customer: format!("{prefix}{name}"),
            deposited_minor,
            blocked,
        };
        let wanted = settings.rate * settings.duration.as_secs_f64() * settings.contended_share;
        Self {
            skus: (0..SKUS)
                .map(|n| sku(format!("sku-{n}"), 100 + 7 * n as i64, PLENTY_OF_UNITS))
                .collect(),
            sold_out: sku("sold-out".into(), 500, 0),
            // Half of what is asked for: both ends of the race are met.
            contended: sku(
                "contended".into(),
                900,
                (wanted / 2.0).ceil().max(1.0) as i64,
            ),
            repriced: (0..REPRICED)
                .map(|n| format!("{prefix}repriced-{n}"))
                .collect(),
            customers: (0..CUSTOMERS)
                .map(|n| account(format!("customer-{n}"), PLENTY_OF_MONEY_MINOR, false))
                .collect(),
            poor: account("poor".into(), TOO_LITTLE_MINOR, false),
            blocked: account("blocked".into(), PLENTY_OF_MONEY_MINOR, true),
            prefix,
        }
    }

    pub fn all_skus(&self) -> impl Iterator<Item = &StockedSku> {
        self.skus.iter().chain([&self.sold_out, &self.contended])
    }

    pub fn all_accounts(&self) -> impl Iterator<Item = &FundedAccount> {
        self.customers.iter().chain([&self.poor, &self.blocked])
    }

    pub fn setup(&self) -> Setup {
        Setup {
            prefix: self.prefix.clone(),
            accounts: self.all_accounts().cloned().collect(),
            skus: self.all_skus().cloned().collect(),
            already_wrong: Vec::new(),
        }
    }
}
