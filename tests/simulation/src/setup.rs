//! What is brought in before the first order: prices, goods, money.

use crate::{plan::Plan, process::Process, system::System};
use inventory_core::Command as Stock;
use messaging::Entropy;
use orders_contract::{CustomerId, Sku};
use payments_core::Command as Money;

const PAUSE_US: u64 = 50_000;

/// Through the same doors as customers; done when orders knows every price.
pub async fn bring_in(system: &System, director: &Process, plan: &Plan) {
    let dice = &system.world.dice;
    let mut stock = Vec::new();
    for sku in &plan.setup.skus {
        let Ok(id) = Sku::try_from(sku.sku.clone()) else {
            continue;
        };
        stock.push(Stock::SetPrice {
            sku: id.clone(),
            unit_price_minor: sku.unit_price_minor,
        });
        stock.push(Stock::Receive {
            receipt_id: decider::message_id("simulated.receipt", &sku.sku),
            sku: id,
            quantity: sku.received,
        });
    }
    let mut money = Vec::new();
    for account in &plan.setup.accounts {
        let Ok(customer) = CustomerId::try_from(account.customer.clone()) else {
            continue;
        };
        money.push(Money::Deposit {
            deposit_id: decider::message_id("simulated.deposit", &account.customer),
            customer: customer.clone(),
            amount_minor: account.deposited_minor,
        });
        if account.blocked {
            money.push(Money::Block { customer });
        }
    }
    if let Some(door) = system.inventory_api.any(dice.next_u64()) {
        let asked = stock
            .into_iter()
            .map(|one| door.execute(one, None, |_, _| ()));
        futures::future::join_all(asked).await;
    }
    if let Some(door) = system.payments_api.any(dice.next_u64()) {
        let asked = money
            .into_iter()
            .map(|one| door.execute(one, None, |_, _| ()));
        futures::future::join_all(asked).await;
    }
    let known = || {
        system
            .orders
            .read(|content| content.tables.0.catalogue.len())
    };
    while known() < plan.setup.skus.len() {
        director.sleep_us(PAUSE_US).await;
    }
}
