//! What the n-th order is: decided by the seed alone, with the outcome its data demands; or as a recording has it.

use std::time::Duration;

use checkers::history::{FundedAccount, OrderLine, Outcome, Place, StockedSku};

use super::draw::Draw;
use super::population::Population;
use crate::workload::Workload;

pub const CHOREOGRAPHY: &str = "choreography";
pub const ORCHESTRATION: &str = "orchestration";

/// Where we ship to.
pub const SERVICEABLE: [&str; 6] = ["DE", "FI", "FR", "GB", "NO", "US"];

/// Operation numbers an arrival owns: the order, its cancel, its read, and one more when it has ended.
pub const OPS_PER_ARRIVAL: u64 = 4;
/// Arrivals before the schedule's first: the orders that wait for the catalogue.
pub const PRIMING: u64 = 2;
/// The operations of these arrivals have lower numbers than any of the load's.
pub const WARM_UP_OPS: u64 = PRIMING * OPS_PER_ARRIVAL;

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub op: u64,
    pub session: u32,
    pub place: Place,
    /// How long an impatient customer waits for the first answer.
    pub patience: Option<Duration>,
    pub cancel_after: Option<Duration>,
    pub read_back: ReadBack,
}

/// Whether an order is read as soon as it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadBack {
    No,
    WithToken,
    WithoutToken,
}

pub struct Planner {
    pub population: Population,
    source: Source,
}

/// Where plans come from.
enum Source {
    Drawn(Draw),
    /// In the order of their arrival.
    Recorded(Vec<Plan>),
}

impl Planner {
    pub fn new(population: Population, seed: u64, workload: &Workload) -> Self {
        Self {
            population,
            source: Source::Drawn(Draw::new(seed, workload)),
        }
    }

    pub fn recorded(population: Population, plans: Vec<Plan>) -> Self {
        Self {
            population,
            source: Source::Recorded(plans),
        }
    }

    /// The order of the `arrival`-th slot of the schedule; `None` after the last one of a recording.
    pub fn arrival(&self, arrival: u64) -> Option<Plan> {
        match &self.source {
            Source::Drawn(draw) => Some(draw.arrival(&self.population, arrival)),
            Source::Recorded(plans) => plans.get(usize::try_from(arrival).ok()?).cloned(),
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
        let coordination = match &self.source {
            Source::Drawn(draw) => draw.coordination(op),
            Source::Recorded(_) => CHOREOGRAPHY,
        };
        let prefix = &self.population.prefix;
        let place = order(prefix, op, customer, SERVICEABLE[0], &lines, coordination);
        Plan {
            op,
            session: 0,
            place: Place {
                allowed: vec![allowed],
                ..place
            },
            patience: None,
            cancel_after: None,
            read_back: ReadBack::No,
        }
    }
}

/// How it may end is said by whoever knows.
pub fn order(
    prefix: &str,
    op: u64,
    customer: &FundedAccount,
    country: &str,
    lines: &[(&StockedSku, i64)],
    coordination: &str,
) -> Place {
    let of_line = |(sku, quantity): &(&StockedSku, i64)| OrderLine {
        sku: sku.sku.clone(),
        quantity: *quantity,
    };
    let minor = |(sku, quantity): &(&StockedSku, i64)| sku.unit_price_minor * quantity;
    Place {
        key: format!("{prefix}{op}"),
        customer: customer.customer.clone(),
        lines: lines.iter().map(of_line).collect(),
        total_minor: lines.iter().map(minor).sum(),
        country: country.into(),
        postcode: op.to_string(),
        coordination: coordination.into(),
        allowed: Vec::new(),
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
    use crate::workload::PopulationSize;
    use crate::workload::mix::Refusals;
    use checkers::history::Status;
    use std::collections::BTreeMap;

    fn planner(seed: u64) -> Planner {
        planner_of(seed, &Workload::default())
    }

    fn planner_of(seed: u64, workload: &Workload) -> Planner {
        Planner::new(Population::of("r1-".into(), workload), seed, workload)
    }

    fn plans(planner: &Planner, count: u64) -> impl Iterator<Item = Plan> {
        (0..count).filter_map(|nth| planner.arrival(nth))
    }

    #[test]
    fn the_seed_is_the_plan() {
        let of = |seed| plans(&planner(seed), 50).collect::<Vec<_>>();
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn every_refusal_both_coordinations_and_cancels_are_planned() {
        let planner = planner(1);
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for plan in plans(&planner, 2_000) {
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
        for plan in plans(&planner, 2_000) {
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
        let arrival = planner.arrival(0).expect("drawn");
        assert!(arrival.op > planner.priming(PRIMING - 1).read_again_op());
    }

    #[test]
    fn each_share_of_the_mix_is_that_of_its_orders() {
        let mut workload = Workload::default();
        workload.mix.refusals = Refusals {
            out_of_stock: 0.3,
            not_serviceable: 0.1,
            ..Refusals::evenly(0.0)
        };
        workload.mix.impatient = 0.2;
        workload.mix.reads.without_token = 0.4;
        let all: Vec<Plan> = plans(&planner_of(1, &workload), 10_000).collect();
        let share = |is: &dyn Fn(&Plan) -> bool| {
            let count = all.iter().filter(|plan| is(plan)).count();
            count as f64 / all.len() as f64
        };
        let ends = |outcome: Outcome| move |plan: &Plan| plan.place.allowed == [outcome.clone()];
        for (found, wanted) in [
            (share(&ends(Outcome::rejected("out_of_stock"))), 0.3),
            (share(&ends(Outcome::rejected("not_serviceable"))), 0.1),
            (share(&ends(Outcome::rejected("account_blocked"))), 0.0),
            (share(&|plan| plan.patience.is_some()), 0.2),
            (share(&|plan| plan.read_back == ReadBack::WithToken), 0.1),
            (share(&|plan| plan.read_back == ReadBack::WithoutToken), 0.4),
        ] {
            // Four standard deviations of ten thousand draws.
            assert!((found - wanted).abs() < 0.02, "{found} of {wanted}");
        }
    }

    #[test]
    fn a_skewed_population_asks_for_its_first_product_most() {
        let population = PopulationSize {
            products: 10,
            skew: 2.0,
            basket: 1,
            ..PopulationSize::default()
        };
        let mut workload = Workload {
            population,
            ..Workload::default()
        };
        workload.mix.refusals = Refusals::evenly(0.0);
        let all: Vec<Plan> = plans(&planner_of(1, &workload), 2_000).collect();
        let first = |plan: &&Plan| plan.place.lines[0].sku == "r1-sku-0";
        assert!(all.iter().all(|plan| plan.place.lines.len() == 1));
        assert!(all.iter().filter(first).count() > all.len() / 2);
    }

    #[test]
    fn a_recording_ends_with_its_last_order() {
        let drawn = planner(1);
        let recorded: Vec<Plan> = plans(&drawn, 3).collect();
        let planner = Planner::recorded(drawn.population.clone(), recorded.clone());
        assert_eq!(plans(&planner, 9).collect::<Vec<_>>(), recorded);
    }
}
