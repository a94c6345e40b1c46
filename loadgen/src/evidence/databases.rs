//! The tables of each service, each database in one repeatable-read transaction.

mod inventory;
mod mailbox;
mod orchestrator;
mod order_view;
mod orders;
mod payments;
mod shipping;

use std::collections::BTreeSet;
use std::time::Duration;

use checkers::history::{OrderLine, Status};
use checkers::state::{FinalState, Part, PriceRow, PricedLine, Totals};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Connection, Row};
use tokio::time::timeout;

use super::Scope;
use crate::endpoints::Secrets;

/// A table of a long run is some hundred thousand rows: seconds. Longer means that the database hangs.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(120);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Orders last, so that no order can be younger than an effect that was read: an effect without an order is real.
pub async fn read(secrets: &Secrets, scope: &Scope) -> FinalState {
    let inventory = within(inventory::read(secrets, scope)).await;
    let payments = within(payments::read(secrets, scope)).await;
    let shipping = within(shipping::read(secrets, scope)).await;
    let orchestrator = within(orchestrator::read(secrets, scope)).await;
    let order_view = within(order_view::read(secrets)).await;
    let (orders, foreign) = match within(orders::read(secrets, scope)).await {
        Ok((rows, foreign)) => (Part::Read(rows), foreign),
        Err(why) => (Part::Missing(why), BTreeSet::new()),
    };
    let customers = |customer: &str| customer.starts_with(&scope.prefix);
    FinalState {
        inventory: inventory
            .map(|rows| inventory::of_the_run(rows, &foreign))
            .into(),
        payments: payments
            .map(|rows| payments::of_the_run(rows, &foreign))
            .into(),
        shipping: shipping
            .map(|rows| shipping::of_the_run(rows, &foreign))
            .into(),
        orchestrator: orchestrator
            .map(|rows| orchestrator::of_the_run(rows, &foreign))
            .into(),
        order_view: order_view
            .map(|rows| order_view::of_the_run(rows, customers, &foreign))
            .into(),
        orders,
        ..FinalState::default()
    }
}

/// Accounts that are wrong now. Before a run: somebody else's doing.
pub async fn wrong_accounts(secrets: &Secrets) -> Result<Vec<String>, String> {
    within(payments::wrong_accounts(secrets)).await
}

/// A connection that may wait for nothing without an end.
pub(super) async fn connect(secrets: &Secrets, database: &str) -> Result<PgConnection, String> {
    let url = secrets
        .databases
        .get(database)
        .ok_or_else(|| format!("the secrets name no database {database}"))?;
    let options: PgConnectOptions = url
        .parse()
        .map_err(|error| format!("{database}: {error}"))?;
    let options = options
        .options([("statement_timeout", "60s")])
        .disable_statement_logging();
    match timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(format!("{database}: {error}")),
        Err(_) => Err(format!(
            "{database}: no connection in {} s",
            CONNECT_TIMEOUT.as_secs()
        )),
    }
}

/// Everything read through it is of one instant.
async fn snapshot(secrets: &Secrets, database: &str) -> Result<PgConnection, String> {
    let mut connection = connect(secrets, database).await?;
    sqlx::query("begin isolation level repeatable read read only")
        .execute(&mut connection)
        .await
        .map_err(|error| format!("{database}: {error}"))?;
    Ok(connection)
}

async fn within<T>(reading: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    match timeout(DATABASE_TIMEOUT, reading).await {
        Ok(result) => result,
        Err(_) => Err(format!("not read within {} s", DATABASE_TIMEOUT.as_secs())),
    }
}

/// A database error, with the database it is of.
fn of(database: &'static str) -> impl Fn(sqlx::Error) -> String {
    move |error| format!("{database}: {error}")
}

async fn totals(connection: &mut PgConnection, query: &'static str) -> Result<Totals, sqlx::Error> {
    let rows = sqlx::query(query).fetch_all(connection).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)?.unsigned_abs())))
        .collect()
}

/// Of the run's SKUs; the replica and what it is a replica of have the same columns.
async fn prices(
    connection: &mut PgConnection,
    query: &'static str,
    scope: &Scope,
) -> Result<Vec<PriceRow>, sqlx::Error> {
    let rows = sqlx::query(query)
        .bind(&scope.prefix)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PriceRow {
                sku: row.try_get("sku")?,
                unit_price_minor: row.try_get("unit_price_minor")?,
                version: row.try_get("version")?,
            })
        })
        .collect()
}

fn status(row: &PgRow, column: &str) -> Result<Status, sqlx::Error> {
    let text: String = row.try_get(column)?;
    Status::parse(&text)
        .ok_or_else(|| sqlx::Error::Decode(format!("{column} {text:?} is no order status").into()))
}

fn priced_lines(row: &PgRow) -> Result<Vec<PricedLine>, sqlx::Error> {
    row.try_get::<sqlx::types::Json<Vec<PricedLine>>, _>("lines")
        .map(|json| json.0)
}

fn order_lines(row: &PgRow) -> Result<Vec<OrderLine>, sqlx::Error> {
    row.try_get::<sqlx::types::Json<Vec<OrderLine>>, _>("lines")
        .map(|json| json.0)
}
