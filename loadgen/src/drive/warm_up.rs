//! Before the load: goods, prices, money, and the first orders, accepted once the catalogue has arrived everywhere.

use std::time::Duration;

use checkers::history::{FundedAccount, StockedSku};
use futures::stream::{self, TryStreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::Drive;
use super::caller::{Answer, Request};
use super::operation::place_request;
use super::plan::PRIMING;
use super::trace_ids::TraceIds;
use crate::clock::now_us;

/// The system is up and idle; what does not succeed in this time does not work.
const DEADLINE: Duration = Duration::from_secs(30);
const ATTEMPT: Duration = Duration::from_secs(5);
/// Requests at once: enough to be quick, too few to be a load.
const CONCURRENCY: usize = 8;
/// A few changes of mind of one merchant.
const PRICES_MINOR: [i64; 4] = [400, 300, 200, 100];
/// An event travels in milliseconds.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, thiserror::Error)]
pub enum WarmUpError {
    #[error("{what} did not succeed: {answer:?}. Is the system up? See its logs")]
    Refused { what: String, answer: Box<Answer> },
    #[error("orders does not know the SKUs after {} s: {why}. Does it hear inventory's events?", DEADLINE.as_secs())]
    Catalogue { why: String },
}

impl Drive {
    pub async fn warm_up(&self, seed: u64) -> Result<(), WarmUpError> {
        let population = &self.planner.population;
        let ids = TraceIds::of(&population.prefix, seed, u64::MAX);
        stream::iter(population.all_skus().map(Ok))
            .try_for_each_concurrent(CONCURRENCY, |sku| self.stock(sku, &ids))
            .await?;
        stream::iter(population.all_accounts().map(Ok))
            .try_for_each_concurrent(CONCURRENCY, |account| self.fund(account, &ids))
            .await?;
        stream::iter(population.repriced.iter().map(Ok))
            .try_for_each_concurrent(CONCURRENCY, |sku| self.reprice(sku, &ids))
            .await?;
        for nth in 0..PRIMING {
            self.prime(nth, seed).await?;
        }
        Ok(())
    }

    async fn stock(&self, sku: &StockedSku, ids: &TraceIds) -> Result<(), WarmUpError> {
        let path = format!("/skus/{}", sku.sku);
        let price = json!({"unit_price_minor": sku.unit_price_minor});
        self.must(Method::PUT, path.clone(), Some(price), None, ids)
            .await?;
        if sku.received > 0 {
            let key = format!("{}-receipt", sku.sku);
            let receipt = json!({"quantity": sku.received});
            self.must(
                Method::POST,
                format!("{path}/receipts"),
                Some(receipt),
                Some(key),
                ids,
            )
            .await?;
        }
        Ok(())
    }

    /// All prices at once: their events race each other to orders' instances.
    async fn reprice(&self, sku: &str, ids: &TraceIds) -> Result<(), WarmUpError> {
        stream::iter(PRICES_MINOR.map(Ok))
            .try_for_each_concurrent(None, |minor| {
                let price = json!({"unit_price_minor": minor});
                self.must(Method::PUT, format!("/skus/{sku}"), Some(price), None, ids)
            })
            .await
    }

    async fn fund(&self, account: &FundedAccount, ids: &TraceIds) -> Result<(), WarmUpError> {
        let path = format!("/accounts/{}", account.customer);
        let key = format!("{}-deposit", account.customer);
        let deposit = json!({"amount_minor": account.deposited_minor});
        self.must(
            Method::POST,
            format!("{path}/deposits"),
            Some(deposit),
            Some(key),
            ids,
        )
        .await?;
        if account.blocked {
            self.must(Method::POST, format!("{path}/block"), None, None, ids)
                .await?;
        }
        Ok(())
    }

    async fn must(
        &self,
        method: Method,
        path: String,
        body: Option<Value>,
        key: Option<String>,
        ids: &TraceIds,
    ) -> Result<(), WarmUpError> {
        let what = format!("{method} {path}");
        let traceparent = ids.unsampled();
        let request = Request {
            method,
            path,
            body,
            key,
            traceparent,
            token: None,
            deadline: DEADLINE,
            attempt: ATTEMPT,
            patience: None,
        };
        match self.caller.call(0, &request).await {
            Answer::Ok(_) => Ok(()),
            answer => Err(WarmUpError::Refused {
                what,
                answer: Box::new(answer),
            }),
        }
    }

    /// Placing is refused as long as orders has not heard of a SKU, and a refused request changes nothing. Once it is
    /// accepted it is sent again with its key and written down: an order like any other.
    async fn prime(&self, nth: u64, seed: u64) -> Result<(), WarmUpError> {
        let plan = self.planner.priming(nth);
        let ids = TraceIds::of(&self.planner.population.prefix, seed, plan.op);
        let until = Instant::now() + DEADLINE;
        loop {
            match self.caller.call(plan.op, &place_request(&plan, &ids)).await {
                Answer::Ok(_) => break,
                answer if Instant::now() >= until => {
                    return Err(WarmUpError::Catalogue {
                        why: format!("{answer:?}"),
                    });
                }
                Answer::Failed { .. } | Answer::Unknown { .. } => sleep(LOOK_EVERY).await,
            }
        }
        self.order(&plan, &ids, now_us()).await;
        Ok(())
    }
}
