//! What the service level indicators are made of: requests at the gateways, and open orders.

use checkers::telemetry::{Indicators, Series};

use super::{Asked, series};

/// Of orders alone: a warm-up that fills accounts and shelves is a burst, and would be taken for the usual.
const REQUESTS: &str = "breakwater_http_requests_total{job=\"gateway\",route=~\"/orders.*\"}";
const OPEN_ORDERS: &str = "breakwater_entities{job=\"orders\",state=\"placed\"}";

/// Samples of the last so many seconds.
pub async fn read(asked: &Asked<'_>, seconds: u64) -> Result<Indicators, String> {
    Ok(Indicators {
        requests: raw(asked, REQUESTS, seconds).await?,
        open_orders: raw(asked, OPEN_ORDERS, seconds).await?,
    })
}

/// As they were scraped: the judge makes its own windows, of which Prometheus would give 11,000 at most.
async fn raw(asked: &Asked<'_>, selector: &str, seconds: u64) -> Result<Vec<Series>, String> {
    let rows = asked.query(&format!("{selector}[{seconds}s]")).await?;
    if rows.is_empty() {
        return Err(format!("{selector}: no data"));
    }
    rows.into_iter().map(series).collect()
}
