//! The wire form of every message, as it was agreed.

use decider::golden::assert_golden;
use inventory_contract::{CatalogueEvent, InventoryCommand, StockEvent};

#[test]
fn stock_messages_look_as_they_were_agreed() {
    assert_golden::<StockEvent>(
        &StockEvent::KINDS,
        &[
            r#"{"type":"stock.reserved","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            r#"{"type":"stock.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"out_of_stock"}"#,
            r#"{"type":"stock.released","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"type":"stock.dispatched","order_id":"00000000-0000-0000-0000-000000000001"}"#,
        ],
    );
}

#[test]
fn sku_messages_look_as_they_were_agreed() {
    assert_golden::<CatalogueEvent>(
        &CatalogueEvent::KINDS,
        &[r#"{"type":"sku.priced","sku":"tea","unit_price_minor":350,"version":3}"#],
    );
}

#[test]
fn inventory_messages_look_as_they_were_agreed() {
    assert_golden::<InventoryCommand>(
        &InventoryCommand::KINDS,
        &[
            r#"{"type":"inventory.reserve","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            r#"{"type":"inventory.release","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            r#"{"type":"inventory.dispatch","order_id":"00000000-0000-0000-0000-000000000001"}"#,
        ],
    );
}
