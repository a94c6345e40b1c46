//! SKUs, customers and orders that belong to one test.

use crate::{Answer, System, eventually};
use serde_json::{Value, json};

/// A test's own corner of the shop.
pub struct Shop<'a> {
    system: &'a System,
    prefix: String,
}

/// What is to be ordered. The fields that a test does not care about are right.
#[derive(Clone, Debug)]
pub struct Basket {
    pub customer: String,
    pub sku: String,
    pub quantity: i64,
    pub country: &'static str,
    pub coordination: &'static str,
}

pub const COORDINATIONS: [&str; 2] = ["choreography", "orchestration"];

impl<'a> Shop<'a> {
    pub fn open(system: &'a System) -> Self {
        let prefix = uuid::Uuid::new_v4().simple().to_string();
        Self {
            system,
            prefix: prefix[..12].to_owned(),
        }
    }

    /// A name nobody else has.
    pub fn name(&self, what: &str) -> String {
        format!("{}-{what}", self.prefix)
    }

    /// A SKU that orders can be placed for.
    pub async fn sku(&self, what: &str, unit_price_minor: i64, on_hand: i64) -> String {
        let sku = self.name(what);
        let price = json!({ "unit_price_minor": unit_price_minor });
        let priced = self.system.put(&format!("/skus/{sku}"), &price).await;
        assert_eq!(priced.status, 200, "{priced:?}");
        if on_hand > 0 {
            let receipt = json!({ "quantity": on_hand });
            let path = format!("/skus/{sku}/receipts");
            let received = self.system.post(&path, &self.name(&sku), &receipt).await;
            assert_eq!(received.status, 200, "{received:?}");
        }
        self.wait_until_known(&sku).await;
        sku
    }

    /// Orders learns of a SKU by an event.
    async fn wait_until_known(&self, sku: &str) {
        let pool = self.system.database("orders").await;
        eventually("orders knows the SKU", async || {
            sqlx::query("select 1 from catalogue where sku = $1")
                .bind(sku)
                .fetch_optional(&pool)
                .await
                .expect("the catalogue can be read")
        })
        .await;
        pool.close().await;
    }

    pub async fn customer(&self, what: &str, amount_minor: i64) -> String {
        let customer = self.name(what);
        let path = format!("/accounts/{customer}/deposits");
        let deposit = json!({ "amount_minor": amount_minor });
        let deposited = self
            .system
            .post(&path, &self.name(&customer), &deposit)
            .await;
        assert_eq!(deposited.status, 200, "{deposited:?}");
        customer
    }

    /// A basket that will be confirmed: one of a SKU at 100, by a customer with plenty.
    pub async fn basket(&self, coordination: &'static str) -> Basket {
        let what = uuid::Uuid::new_v4().simple().to_string();
        Basket {
            customer: self.customer(&format!("c{}", &what[..6]), 1_000_000).await,
            sku: self.sku(&format!("s{}", &what[..6]), 100, 1_000).await,
            quantity: 1,
            country: "NO",
            coordination,
        }
    }

    /// Accepted; the order's id.
    pub async fn place(&self, basket: &Basket) -> String {
        let placed = self.try_to_place(basket).await;
        assert_eq!(placed.status, 202, "{placed:?}");
        placed.body["order_id"].as_str().expect("an id").to_owned()
    }

    /// While something is broken it may be refused, which is no mistake.
    pub async fn try_to_place(&self, basket: &Basket) -> Answer {
        let key = uuid::Uuid::new_v4().to_string();
        self.system.post("/orders", &key, &basket.body()).await
    }

    /// The order at its end.
    pub async fn ended(&self, order_id: &str) -> Value {
        let path = format!("/orders/{order_id}?wait=terminal&wait_ms=5000");
        eventually("the order ends", async || {
            let order = self.system.get(&path).await;
            let ended = order.status == 200 && order.body["status"] != "placed";
            ended.then_some(order.body)
        })
        .await
    }

    pub async fn cancel(&self, order_id: &str) -> Answer {
        let path = format!("/orders/{order_id}/cancel");
        self.system.post(&path, "unused", &json!({})).await
    }

    pub async fn account(&self, customer: &str) -> Value {
        self.system.get(&format!("/accounts/{customer}")).await.body
    }

    pub async fn stock(&self, sku: &str) -> Value {
        self.system.get(&format!("/skus/{sku}")).await.body
    }
}

impl Basket {
    pub fn body(&self) -> Value {
        json!({
            "customer": self.customer,
            "lines": [{ "sku": self.sku, "quantity": self.quantity }],
            "ship_to": { "country": self.country, "postcode": "0150" },
            "coordination": self.coordination,
        })
    }
}
