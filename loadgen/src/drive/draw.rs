//! What the seed decides of an order: the same seed, the same orders.

use std::time::Duration;

use checkers::history::{Outcome, StockedSku};

use super::plan::{
    CHOREOGRAPHY, OPS_PER_ARRIVAL, ORCHESTRATION, PRIMING, Plan, ReadBack, SERVICEABLE, order,
};
use super::population::Population;
use crate::dice::Dice;
use crate::workload::{Mix, PopulationSize, Workload};

/// The one place on earth without a customer or a courier.
const NOT_SERVICEABLE: &str = "AQ";

/// A change of mind comes at once or within this time: about a saga, so that either side can win.
const CANCEL_WITHIN_MS: u64 = 60;
/// Who is impatient sends again within this time: about an acknowledgement, so that either answer can be the first.
const PATIENCE_MS_MAX: u64 = 60;

#[derive(Clone, Debug)]
pub struct Draw {
    dice: Dice,
    mix: Mix,
    size: PopulationSize,
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

impl Draw {
    pub fn new(seed: u64, workload: &Workload) -> Self {
        Self {
            dice: Dice::new(seed).salted("plan"),
            mix: workload.mix.clone(),
            size: workload.population.clone(),
        }
    }

    pub fn arrival(&self, population: &Population, arrival: u64) -> Plan {
        let op = (PRIMING + arrival) * OPS_PER_ARRIVAL;
        let intent = self.intent(op);
        let customers = &population.customers;
        let anyone = &customers[self.dice.below(customers.len() as u64, op, "customer") as usize];
        let country =
            SERVICEABLE[self.dice.below(SERVICEABLE.len() as u64, op, "country") as usize];
        let rejected = |reason| vec![Outcome::rejected(reason)];
        let (customer, country, allowed) = match intent {
            Intent::Plain => (anyone, country, vec![Outcome::confirmed()]),
            Intent::OutOfStock => (anyone, country, rejected("out_of_stock")),
            Intent::InsufficientFunds => {
                (&population.poor, country, rejected("insufficient_funds"))
            }
            Intent::AccountBlocked => (&population.blocked, country, rejected("account_blocked")),
            Intent::NotServiceable => (anyone, NOT_SERVICEABLE, rejected("not_serviceable")),
            Intent::Contended => {
                let either = vec![Outcome::confirmed(), Outcome::rejected("out_of_stock")];
                (anyone, country, either)
            }
        };
        let lines = self.lines(population, op, &intent);
        let coordination = self.coordination(op);
        let mut place = order(
            &population.prefix,
            op,
            customer,
            country,
            &lines,
            coordination,
        );
        place.allowed = allowed;
        let cancelled =
            matches!(intent, Intent::Plain) && self.chance(op, "cancel", self.mix.cancel);
        if cancelled {
            place.allowed.push(Outcome::cancelled("customer"));
        }
        Plan {
            op,
            session: (arrival % u64::from(self.size.sessions.max(1))) as u32,
            place,
            patience: self.patience(op),
            cancel_after: cancelled.then(|| self.change_of_mind(op)),
            read_back: self.read_back(op),
        }
    }

    fn intent(&self, op: u64) -> Intent {
        let refusals = &self.mix.refusals;
        let kinds = [
            (refusals.out_of_stock, Intent::OutOfStock),
            (refusals.insufficient_funds, Intent::InsufficientFunds),
            (refusals.account_blocked, Intent::AccountBlocked),
            (refusals.not_serviceable, Intent::NotServiceable),
            (self.mix.contended, Intent::Contended),
        ];
        let mut left = self.dice.fraction(op, "intent");
        for (share, intent) in kinds {
            if left < share {
                return intent;
            }
            left -= share;
        }
        Intent::Plain
    }

    fn lines<'p>(
        &self,
        population: &'p Population,
        op: u64,
        intent: &Intent,
    ) -> Vec<(&'p StockedSku, i64)> {
        match intent {
            Intent::OutOfStock => vec![(&population.sold_out, 1)],
            Intent::Contended => vec![(&population.contended, 1)],
            Intent::Plain
            | Intent::InsufficientFunds
            | Intent::AccountBlocked
            | Intent::NotServiceable => {
                let skus = &population.skus;
                let mut lines: Vec<(&StockedSku, i64)> = Vec::new();
                for line in 1..=self.dice.below(u64::from(self.size.basket), op, "lines") + 1 {
                    let question = format!("line {line}");
                    let nth = self
                        .dice
                        .zipf(skus.len() as u64, self.size.skew, op, &question);
                    let sku = &skus[nth as usize];
                    let quantity = 1 + self.dice.below(3, op + line - 1, "quantity") as i64;
                    // One line a SKU: a ledger counts rows.
                    if lines.iter().all(|(other, _)| other.sku != sku.sku) {
                        lines.push((sku, quantity));
                    }
                }
                lines
            }
        }
    }

    pub fn coordination(&self, op: u64) -> &'static str {
        match self.chance(op, "coordination", self.mix.orchestration) {
            true => ORCHESTRATION,
            false => CHOREOGRAPHY,
        }
    }

    pub fn patience(&self, op: u64) -> Option<Duration> {
        let wait = || Duration::from_millis(1 + self.dice.below(PATIENCE_MS_MAX, op, "patience"));
        self.chance(op, "impatient", self.mix.impatient).then(wait)
    }

    fn read_back(&self, op: u64) -> ReadBack {
        let (with, at) = (self.mix.reads.with_token, self.dice.fraction(op, "read"));
        if at < with {
            ReadBack::WithToken
        } else if at < with + self.mix.reads.without_token {
            ReadBack::WithoutToken
        } else {
            ReadBack::No
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
