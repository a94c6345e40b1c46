//! I11: orders' replica of the catalogue ends at inventory's newest price, in whatever order the prices came.
//!
//! Where each replica ended is judged, not each version on its way: a table keeps the last, and one that came out of order
//! and was overtaken leaves no trace there.

use std::collections::BTreeMap;

use crate::state::{InventoryRows, OrdersRows, Part, PriceRow};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I11",
    title: "no replica went back to an older price",
};

pub fn check(orders: &Part<OrdersRows>, inventory: &Part<InventoryRows>) -> Report {
    let mut exam = Examination::of(CLAIM);
    let orders = orders.examine("orders", &mut exam);
    let inventory = inventory.examine("inventory", &mut exam);
    if let (Some(orders), Some(inventory)) = (orders, inventory) {
        let replica: BTreeMap<&str, &PriceRow> = (orders.catalogue.iter())
            .map(|row| (row.sku.as_str(), row))
            .collect();
        exam.count(inventory.prices.len(), "prices");
        let changed = inventory.prices.iter().filter(|row| row.version > 1);
        exam.note(format!("{} of them changed", changed.count()));
        for price in &inventory.prices {
            let subject = format!("price of {}", price.sku);
            let place = "orders.catalogue";
            match replica.get(price.sku.as_str()) {
                Some(row) => {
                    exam.expect(subject, place, shown(price), shown(row));
                }
                None => exam.wrong(subject, place, shown(price), "no row"),
            }
        }
    }
    exam.finish()
}

fn shown(row: &PriceRow) -> String {
    format!("{} (version {})", row.unit_price_minor, row.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Run, Verdict, example};

    fn judge(run: &Run) -> Verdict {
        check(&run.state.orders, &run.state.inventory).verdict
    }

    #[test]
    fn the_newest_price_in_the_replica_is_valid() {
        assert_eq!(judge(&example::run()), Verdict::Valid);
    }

    #[test]
    fn an_older_price_is_named() {
        let mut run = example::run();
        let row = &mut example::orders(&mut run).catalogue[0];
        (row.unit_price_minor, row.version) = (9, 1);
        let Verdict::Invalid(evidence) = judge(&run) else {
            panic!("must be invalid")
        };
        assert_eq!(evidence[0].found, "9 (version 1)");
    }

    #[test]
    fn a_price_that_never_came_is_invalid() {
        let mut run = example::run();
        example::orders(&mut run).catalogue.clear();
        assert_eq!(judge(&run).label(), "invalid");
    }

    #[test]
    fn without_prices_nothing_is_known() {
        let mut run = example::run();
        example::inventory(&mut run).prices.clear();
        assert_eq!(judge(&run).label(), "unknown");
        assert_eq!(judge(&Run::default()).label(), "unknown");
    }
}
