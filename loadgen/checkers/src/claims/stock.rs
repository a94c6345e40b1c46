//! I2: no goods appear or disappear, SKU by SKU.

use std::collections::BTreeMap;

use crate::history::History;
use crate::state::{InventoryRows, Part};
use crate::verdict::{Claim, Examination, Report};

pub const CLAIM: Claim = Claim {
    id: "I2",
    title: "stock is conserved",
};

pub fn check(history: &History, inventory: &Part<InventoryRows>) -> Report {
    let mut exam = Examination::of(CLAIM);
    if let Some(rows) = inventory.examine("inventory", &mut exam) {
        exam.count(rows.ledger.len(), "stock ledger rows");
        exam.count(rows.skus.len(), "SKUs");
        let moved = movements(rows, &mut exam);
        stock_is_what_the_ledger_says(rows, &moved, &mut exam);
        receipts_are_what_was_delivered(history, rows, &mut exam);
    }
    exam.finish()
}

/// What the ledger says lies where; wider than a quantity, so that no sum is too large, whatever stands in a row.
#[derive(Default)]
struct Stock {
    on_hand: i128,
    reserved: i128,
    shipped: i128,
}

fn movements<'a>(rows: &'a InventoryRows, exam: &mut Examination) -> BTreeMap<&'a str, Stock> {
    let mut stock: BTreeMap<&str, Stock> = BTreeMap::new();
    for row in &rows.ledger {
        let sku = stock.entry(&row.sku).or_default();
        let quantity = i128::from(row.quantity);
        match row.kind.as_str() {
            "receipt" => sku.on_hand += quantity,
            "reserve" => {
                sku.on_hand -= quantity;
                sku.reserved += quantity;
            }
            "release" => {
                sku.reserved -= quantity;
                sku.on_hand += quantity;
            }
            "dispatch" => {
                sku.reserved -= quantity;
                sku.shipped += quantity;
            }
            other => exam.wrong(
                format!("stock ledger row of {}", row.cause),
                "inventory.stock_ledger.kind",
                "receipt, reserve, release or dispatch",
                other,
            ),
        }
        if quantity <= 0 {
            let subject = format!("{} of {} by {}", row.kind, row.sku, row.cause);
            exam.wrong(
                subject,
                "inventory.stock_ledger.quantity",
                "above zero",
                quantity,
            );
        }
    }
    stock
}

fn stock_is_what_the_ledger_says(
    rows: &InventoryRows,
    moved: &BTreeMap<&str, Stock>,
    exam: &mut Examination,
) {
    let nothing = Stock::default();
    for row in &rows.skus {
        let ledger = moved.get(row.sku.as_str()).unwrap_or(&nothing);
        let columns = [
            ("on_hand", ledger.on_hand, i128::from(row.on_hand)),
            ("reserved", ledger.reserved, row.reserved.into()),
            ("shipped", ledger.shipped, row.shipped.into()),
        ];
        for (column, expected, found) in columns {
            let place = format!("inventory.skus.{column}");
            exam.expect(format!("SKU {}", row.sku), &place, expected, found);
            if found < 0 {
                exam.wrong(format!("SKU {}", row.sku), &place, "not negative", found);
            }
        }
    }
}

fn receipts_are_what_was_delivered(
    history: &History,
    rows: &InventoryRows,
    exam: &mut Examination,
) {
    for stocked in &history.setup.skus {
        let subject = format!("SKU {}", stocked.sku);
        let place = "inventory.skus, on_hand + reserved + shipped";
        match rows.skus.iter().find(|row| row.sku == stocked.sku) {
            Some(row) => {
                let columns = [row.on_hand, row.reserved, row.shipped];
                let total: i128 = columns.into_iter().map(i128::from).sum();
                exam.expect(subject, place, stocked.received.into(), total);
            }
            None => exam.wrong(subject, place, stocked.received, "no such SKU"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::example;

    #[test]
    fn an_untouched_stock_is_valid() {
        let run = example::run();
        assert_eq!(
            check(&run.history, &run.state.inventory).verdict,
            Verdict::Valid
        );
    }

    #[test]
    fn goods_that_vanish_are_named() {
        let mut run = example::run();
        example::inventory(&mut run).skus[0].on_hand -= 1;
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.inventory).verdict else {
            panic!("must be invalid")
        };
        assert!(evidence[0].subject.starts_with("SKU "));
    }

    #[test]
    fn a_database_that_was_not_read_is_unknown() {
        assert_eq!(
            check(&History::default(), &Part::default()).verdict.label(),
            "unknown"
        );
    }

    #[test]
    fn goods_that_lie_elsewhere_than_the_ledger_says_are_named() {
        let mut run = example::run();
        let sku = &mut example::inventory(&mut run).skus[0];
        (sku.on_hand, sku.reserved) = (sku.on_hand - 1, sku.reserved + 1);
        let Verdict::Invalid(evidence) = check(&run.history, &run.state.inventory).verdict else {
            panic!("must be invalid")
        };
        let places: Vec<&str> = evidence.iter().map(|wrong| wrong.place.as_str()).collect();
        assert_eq!(
            places,
            ["inventory.skus.on_hand", "inventory.skus.reserved"]
        );
    }

    #[test]
    fn goods_that_were_delivered_and_are_nowhere_are_invalid() {
        let mut run = example::run();
        run.history.setup.skus[0].received += 5;
        assert_eq!(
            check(&run.history, &run.state.inventory).verdict.label(),
            "invalid"
        );
    }

    #[test]
    fn what_was_delivered_is_still_there_wherever_it_lies() {
        let mut run = example::run();
        let sku = &mut example::inventory(&mut run).skus[0];
        (sku.on_hand, sku.reserved) = (sku.on_hand - 3, sku.reserved + 3);
        let mut exam = Examination::of(CLAIM);
        let inventory = run.state.inventory.get().expect("read");
        receipts_are_what_was_delivered(&run.history, inventory, &mut exam);
        assert_eq!(exam.finish().wrong, 0);
    }
}
