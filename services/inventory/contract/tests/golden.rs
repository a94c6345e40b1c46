//! The wire form of every message, as it was agreed.

use decider::{Destination, golden::assert_golden};
use inventory_contract::{CatalogueEvent, InventoryCommand, StockEvent};
use uuid::Uuid;

const ORDER: Uuid = Uuid::from_u128(1);

#[test]
fn stock_messages_look_as_they_were_agreed() {
    assert_golden::<StockEvent>(
        &StockEvent::KINDS,
        Destination::Events,
        Some(ORDER),
        &[
            (
                "6a2028bf-bf0c-5d62-bffc-51f987546e42",
                r#"{"type":"stock.reserved","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            ),
            (
                "8ac00a0e-eab7-54d7-b4ac-d0b0ffa987f2",
                r#"{"type":"stock.rejected","order_id":"00000000-0000-0000-0000-000000000001","reason":"out_of_stock"}"#,
            ),
            (
                "6db41394-ce05-50c1-8347-556368fc9e56",
                r#"{"type":"stock.released","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
            (
                "6ef15b05-154b-5095-adb4-b76c65db1569",
                r#"{"type":"stock.dispatched","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
        ],
    );
}

#[test]
fn sku_messages_look_as_they_were_agreed() {
    assert_golden::<CatalogueEvent>(
        &CatalogueEvent::KINDS,
        Destination::Events,
        None,
        &[(
            "3090cdd9-ac3f-5327-a915-a9d238babf1d",
            r#"{"type":"sku.priced","sku":"tea","unit_price_minor":350,"version":3}"#,
        )],
    );
}

#[test]
fn inventory_messages_look_as_they_were_agreed() {
    assert_golden::<InventoryCommand>(
        &InventoryCommand::KINDS,
        Destination::Command(inventory_contract::QUEUE),
        Some(ORDER),
        &[
            (
                "f66e12cf-d0a9-5ec0-86b6-cf7f98ace82f",
                r#"{"type":"inventory.reserve","facts":{"order_id":"00000000-0000-0000-0000-000000000001","customer":"ada","lines":[{"sku":"tea","quantity":2,"unit_price_minor":350}],"total_minor":700,"ship_to":{"country":"NO","postcode":"0150"}}}"#,
            ),
            (
                "ff25f749-5b90-5d37-8fd3-a77955c90c74",
                r#"{"type":"inventory.release","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
            (
                "ae9a7cc8-fa00-577a-97cc-9a15b0dba3bb",
                r#"{"type":"inventory.dispatch","order_id":"00000000-0000-0000-0000-000000000001"}"#,
            ),
        ],
    );
}
