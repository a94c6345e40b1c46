//! The customers and goods of a run, made so that each refusal can be provoked on purpose.

use checkers::history::{FundedAccount, Setup, StockedSku};

use super::plan::WARM_UP_OPS;
use crate::workload::Workload;

/// Enough that among so many races of two prices some arrive in the other order.
const REPRICED: u64 = 40;
/// Never sold out and never broke: above what any run can order.
const PLENTY_OF_UNITS: i64 = 1_000_000_000;
const PLENTY_OF_MONEY_MINOR: i64 = 1_000_000_000_000;
/// Where the system decides how many orders there are: a minute at an ordinary rate.
const ORDERS_UNKNOWN: f64 = 3_000.0;
/// Less than the cheapest order.
const TOO_LITTLE_MINOR: i64 = 1;

#[derive(Clone, Debug, PartialEq)]
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
    pub fn of(prefix: String, workload: &Workload) -> Self {
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
        let orders = workload.expected().unwrap_or(ORDERS_UNKNOWN);
        let (wanted, size) = (orders * workload.mix.contended, &workload.population);
        Self {
            skus: (0..size.products)
                .map(|n| sku(format!("sku-{n}"), 100 + 7 * i64::from(n), PLENTY_OF_UNITS))
                .collect(),
            sold_out: sku("sold-out".into(), 500, 0),
            // Half of what is asked for: both ends of the race are met.
            contended: sku(
                "contended".into(),
                900,
                (wanted / 2.0).ceil().max(1.0) as i64,
            ),
            repriced: repriced(&prefix),
            customers: (0..size.customers)
                .map(|n| account(format!("customer-{n}"), PLENTY_OF_MONEY_MINOR, false))
                .collect(),
            poor: account("poor".into(), TOO_LITTLE_MINOR, false),
            blocked: account("blocked".into(), PLENTY_OF_MONEY_MINOR, true),
            prefix,
        }
    }

    /// Back from what [`setup`](Self::setup) says; `None` of a setup that no run makes.
    pub fn of_setup(setup: Setup) -> Option<Self> {
        let (mut skus, mut customers) = (setup.skus, setup.accounts);
        let (contended, sold_out) = (skus.pop()?, skus.pop()?);
        let (blocked, poor) = (customers.pop()?, customers.pop()?);
        let is_whole = !skus.is_empty() && !customers.is_empty();
        is_whole.then(|| Self {
            skus,
            sold_out,
            contended,
            repriced: repriced(&setup.prefix),
            customers,
            poor,
            blocked,
            prefix: setup.prefix,
        })
    }

    /// The same under another prefix.
    pub fn under(&self, prefix: &str) -> Self {
        let sku = |sku: &StockedSku| StockedSku {
            sku: renamed(&sku.sku, &self.prefix, prefix),
            ..*sku
        };
        let account = |account: &FundedAccount| FundedAccount {
            customer: renamed(&account.customer, &self.prefix, prefix),
            ..*account
        };
        Self {
            prefix: prefix.to_owned(),
            skus: self.skus.iter().map(sku).collect(),
            sold_out: sku(&self.sold_out),
            contended: sku(&self.contended),
            repriced: repriced(prefix),
            customers: self.customers.iter().map(account).collect(),
            poor: account(&self.poor),
            blocked: account(&self.blocked),
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
            warm_up_ops: WARM_UP_OPS,
            already_wrong: Vec::new(),
        }
    }
}

/// A name of one run as a name of another; a name of neither stays.
pub fn renamed(name: &str, before: &str, after: &str) -> String {
    match name.strip_prefix(before) {
        Some(rest) => format!("{after}{rest}"),
        None => name.to_owned(),
    }
}

fn repriced(prefix: &str) -> Vec<String> {
    (0..REPRICED)
        .map(|n| format!("{prefix}repriced-{n}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_population_is_found_again_in_its_setup() {
        let population = Population::of("r1-".into(), &Workload::default());
        assert_eq!(Population::of_setup(population.setup()), Some(population));
        assert_eq!(Population::of_setup(Setup::default()), None);
    }
}
