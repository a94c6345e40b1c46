//! What the n-th order is: decided by the seed alone, with the outcome its data demands.

use std::time::Duration;

use checkers::history::{FundedAccount, OrderLine, Outcome, Place, StockedSku};

use super::population::Population;
use crate::dice::Dice;
use crate::settings::Settings;

pub const CHOREOGRAPHY: &str = "choreography";
pub const ORCHESTRATION: &str = "orchestration";

/// Where we ship to, and the one place on earth without a customer or a courier.
const SERVICEABLE: [&str; 6] = ["DE", "FI", "FR", "GB", "NO", "US"];
const NOT_SERVICEABLE: &str = "AQ";

/// Operation numbers an arrival owns: the order, its cancel, its read, and one more when it has ended.
const OPS_PER_ARRIVAL: u64 = 4;
/// Arrivals before the schedule's first: the orders that wait for the catalogue.
pub const PRIMING: u64 = 2;

/// A change of mind comes at once or within this time: about a saga, so that either side can win.
const CANCEL_WITHIN_MS: u64 = 60;

#[derive(Clone, Debug)]
pub struct Plan {
    pub op: u64,
    pub session: u32,
    pub place: Place,
    pub cancel_after: Option<Duration>,
    pub read_back: bool,
}

pub struct Planner {
    pub population: Population,
    dice: Dice,
    shares: Shares,
}

struct Shares {
    orchestration: f64,
    cancel: f64,
    refusal: f64,
    contended: f64,
    read: f64,
    sessions: u32,
}

/// Why an order is what it is.
enum Intent {
    Plain,
    OutOfStock,
    InsufficientFunds,
    AccountBlocked,
    NotServiceable,
    Contended,
}

impl Planner {
    pub fn new(population: Population, seed: u64, settings: &Settings) -> Self {
        let shares = Shares {
            orchestration: settings.orchestration_share,
            cancel: settings.cancel_share,
            refusal: settings.refusal_share,
            contended: settings.contended_share,
            read: settings.read_share,
            sessions: settings.sessions.max(1),
        };
        Self {
            population,
            dice: Dice::new(seed).salted("plan"),
            shares,
        }
    }

    /// The order of the `arrival`-th slot of the schedule.
    pub fn arrival(&self, arrival: u64) -> Plan {
        let op = (PRIMING + arrival) * OPS_PER_ARRIVAL;
        let intent = self.intent(op);
        let customers = &self.population.customers;
        let anyone = &customers[self.dice.below(customers.len() as u64, op, "customer") as usize];
        let country =
            SERVICEABLE[self.dice.below(SERVICEABLE.len() as u64, op, "country") as usize];
        let (customer, country, allowed) = match intent {
            Intent::Plain => (anyone, country, vec![Outcome::confirmed()]),
            Intent::OutOfStock => (anyone, country, vec![Outcome::rejected("out_of_stock")]),
            Intent::InsufficientFunds => (
                &self.population.poor,
                country,
                vec![Outcome::rejected("insufficient_funds")],
            ),
            Intent::AccountBlocked => (
                &self.population.blocked,
                country,
                vec![Outcome::rejected("account_blocked")],
            ),
            Intent::NotServiceable => (
                anyone,
                NOT_SERVICEABLE,
                vec![Outcome::rejected("not_serviceable")],
            ),
            Intent::Contended => (
                anyone,
                country,
                vec![Outcome::confirmed(), Outcome::rejected("out_of_stock")],
            ),
        };
        let mut place = self.order(op, customer, country, &self.lines(op, &intent), allowed);
        let cancelled =
            matches!(intent, Intent::Plain) && self.chance(op, "cancel", self.shares.cancel);
        if cancelled {
            place.allowed.push(Outcome::cancelled("customer"));
        }
        Plan {
            op,
            session: (arrival % u64::from(self.shares.sessions)) as u32,
            place,
            cancel_after: cancelled.then(|| self.change_of_mind(op)),
            read_back: self.chance(op, "read", self.shares.read),
        }
    }

    /// Orders that are accepted only once the catalogue has all SKUs: first those in stock, then the one that is not.
    pub fn priming(&self, nth: u64) -> Plan {
        let op = nth * OPS_PER_ARRIVAL;
        let customer = &self.population.customers[0];
        let (skus, allowed): (Vec<&StockedSku>, _) = if nth == 0 {
            (self.population.skus.iter().collect(), Outcome::confirmed())
        } else {
            let both = vec![&self.population.contended, &self.population.sold_out];
            (both, Outcome::rejected("out_of_stock"))
        };
        let lines: Vec<(&StockedSku, i64)> = skus.into_iter().map(|sku| (sku, 1)).collect();
        let place = self.order(op, customer, SERVICEABLE[0], &lines, vec![allowed]);
        Plan {
            op,
            session: 0,
            place,
            cancel_after: None,
            read_back: false,
        }
    }

    fn intent(&self, op: u64) -> Intent {
        let refusal = self.shares.refusal;
        let at = self.dice.fraction(op, "intent");
        if at < refusal {
            return match self.dice.below(4, op, "refusal") {
                0 => Intent::OutOfStock,
                1 => Intent::InsufficientFunds,
                2 => Intent::AccountBlocked,
                _ => Intent::NotServiceable,
            };
        }
        if at < refusal + self.shares.contended {
            Intent::Contended
        } else {
            Intent::Plain
        }
    }

    fn lines(&self, op: u64, intent: &Intent) -> Vec<(&StockedSku, i64)> {
        match intent {
            Intent::OutOfStock => vec![(&self.population.sold_out, 1)],
            Intent::Contended => vec![(&self.population.contended, 1)],
            Intent::Plain
            | Intent::InsufficientFunds
            | Intent::AccountBlocked
            | Intent::NotServiceable => {
                let skus = &self.population.skus;
                let mut lines: Vec<(&StockedSku, i64)> = Vec::new();
                for (line, question) in ["line 1", "line 2", "line 3"]
                    .into_iter()
                    .enumerate()
                    .take(self.line_count(op))
                {
                    let sku = &skus[self.dice.zipf(skus.len() as u64, op, question) as usize];
                    let quantity = 1 + self.dice.below(3, op + line as u64, "quantity") as i64;
                    // One line a SKU: a ledger counts rows.
                    if lines.iter().all(|(other, _)| other.sku != sku.sku) {
                        lines.push((sku, quantity));
                    }
                }
                lines
            }
        }
    }

    fn line_count(&self, op: u64) -> usize {
        1 + self.dice.below(3, op, "lines") as usize
    }

    fn order(
        &self,
        op: u64,
        customer: &FundedAccount,
        country: &str,
        lines: &[(&StockedSku, i64)],
        allowed: Vec<Outcome>,
    ) -> Place {
        let orchestrated = self.chance(op, "coordination", self.shares.orchestration);
        Place {
            key: format!("{}{op}", self.population.prefix),
            customer: customer.customer.clone(),
            lines: lines
                .iter()
                .map(|(sku, quantity)| OrderLine {
                    sku: sku.sku.clone(),
                    quantity: *quantity,
                })
                .collect(),
            total_minor: lines
                .iter()
                .map(|(sku, quantity)| sku.unit_price_minor * quantity)
                .sum(),
            country: country.into(),
            postcode: op.to_string(),
            coordination: if orchestrated {
                ORCHESTRATION
            } else {
                CHOREOGRAPHY
            }
            .into(),
            allowed,
        }
    }

    fn chance(&self, op: u64, question: &str, share: f64) -> bool {
        self.dice.fraction(op, question) < share
    }

    fn change_of_mind(&self, op: u64) -> Duration {
        match self.dice.below(2, op, "at once") {
            0 => Duration::ZERO,
            _ => Duration::from_millis(self.dice.below(CANCEL_WITHIN_MS, op, "cancel after")),
        }
    }
}

impl Plan {
    pub fn cancel_op(&self) -> u64 {
        self.op + 1
    }

    pub fn read_op(&self) -> u64 {
        self.op + 2
    }

    pub fn read_again_op(&self) -> u64 {
        self.op + 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::history::Status;
    use clap::Parser;
    use std::collections::BTreeMap;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        settings: Settings,
    }

    fn planner(seed: u64) -> Planner {
        let settings = Cli::parse_from(["test"]).settings;
        Planner::new(Population::of("r1-".into(), &settings), seed, &settings)
    }

    #[test]
    fn the_seed_is_the_plan() {
        let plans = |seed| {
            (0..50)
                .map(|n| planner(seed).arrival(n).place)
                .collect::<Vec<_>>()
        };
        assert_eq!(plans(7), plans(7));
        assert_ne!(plans(7), plans(8));
    }

    #[test]
    fn every_refusal_both_coordinations_and_cancels_are_planned() {
        let planner = planner(1);
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for plan in (0..2_000).map(|n| planner.arrival(n)) {
            let allowed: Vec<String> = plan.place.allowed.iter().map(Outcome::to_string).collect();
            *seen.entry(allowed.join(" or ")).or_default() += 1;
            *seen.entry(plan.place.coordination).or_default() += 1;
        }
        for outcome in [
            "confirmed",
            "confirmed or cancelled/customer",
            "confirmed or rejected/out_of_stock",
            "rejected/account_blocked",
            "rejected/insufficient_funds",
            "rejected/not_serviceable",
            "rejected/out_of_stock",
            CHOREOGRAPHY,
            ORCHESTRATION,
        ] {
            assert!(
                seen.get(outcome).is_some_and(|n| *n >= 10),
                "{outcome}: {seen:?}"
            );
        }
    }

    #[test]
    fn the_poor_cannot_afford_any_order_and_totals_are_lines_times_prices() {
        let planner = planner(1);
        for plan in (0..2_000).map(|n| planner.arrival(n)) {
            let place = plan.place;
            assert!(place.total_minor > planner.population.poor.deposited_minor);
            let price = |sku: &str| {
                planner
                    .population
                    .all_skus()
                    .find(|s| s.sku == sku)
                    .expect("known")
                    .unit_price_minor
            };
            let total: i64 = place
                .lines
                .iter()
                .map(|line| line.quantity * price(&line.sku))
                .sum();
            assert_eq!(place.total_minor, total);
        }
    }

    #[test]
    fn priming_orders_name_every_sku_and_fit_in_an_order() {
        let planner = planner(1);
        let (first, second) = (planner.priming(0).place, planner.priming(1).place);
        assert!(first.lines.len() <= 64);
        assert_eq!(
            first.lines.len() + second.lines.len(),
            planner.population.all_skus().count()
        );
        assert_eq!(first.allowed, [Outcome::confirmed()]);
        assert_eq!(second.allowed[0].status, Status::Rejected);
        assert!(planner.arrival(0).op > planner.priming(PRIMING - 1).read_again_op());
    }
}
