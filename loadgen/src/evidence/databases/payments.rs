//! Accounts, payments and the money ledger.

use std::collections::BTreeSet;

use checkers::state::{AccountRow, LedgerRow, LedgerSum, PaymentRow, PaymentsRows};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::{mailbox, of, snapshot, totals};
use crate::endpoints::Secrets;
use crate::evidence::Scope;

pub async fn read(secrets: &Secrets, scope: &Scope) -> Result<PaymentsRows, String> {
    let mut connection = snapshot(secrets, "payments").await?;
    let rows = rows(&mut connection, scope).await.map_err(of("payments"))?;
    connection.close().await.map_err(of("payments"))?;
    Ok(rows)
}

/// Customers whose balances are not what their ledger says.
pub async fn wrong_accounts(secrets: &Secrets) -> Result<Vec<String>, String> {
    let mut connection = snapshot(secrets, "payments").await?;
    let query = "select a.customer from accounts a join ( \
            select customer, coalesce(sum(amount_minor) filter (where account = 'available'), 0) as available, \
                coalesce(sum(amount_minor) filter (where account = 'held'), 0) as held, \
                coalesce(sum(amount_minor) filter (where account = 'captured'), 0) as captured \
            from ledger group by customer \
        ) l using (customer) \
        where (a.available_minor, a.held_minor, a.captured_minor) <> (l.available, l.held, l.captured) \
        order by 1";
    let rows = sqlx::query(query)
        .fetch_all(&mut connection)
        .await
        .map_err(of("payments"))?;
    rows.iter()
        .map(|row| row.try_get("customer").map_err(of("payments")))
        .collect()
}

/// Without what belongs to orders of others.
pub fn of_the_run(mut rows: PaymentsRows, foreign: &BTreeSet<Uuid>) -> PaymentsRows {
    rows.payments.retain(|row| !foreign.contains(&row.order_id));
    rows
}

async fn rows(connection: &mut PgConnection, scope: &Scope) -> Result<PaymentsRows, sqlx::Error> {
    let totals = totals(
        connection,
        "select state, count(*) from payments group by state",
    )
    .await?;
    Ok(PaymentsRows {
        accounts: accounts(connection).await?,
        payments: payments(connection).await?,
        ledger: ledger(connection, scope).await?,
        ledger_elsewhere: ledger_elsewhere(connection, scope).await?,
        totals,
        mailbox: mailbox::read(connection, scope).await?,
    })
}

async fn accounts(connection: &mut PgConnection) -> Result<Vec<AccountRow>, sqlx::Error> {
    let query = "select customer, available_minor, held_minor, captured_minor, refunded_minor \
        from accounts order by customer";
    let rows = sqlx::query(query).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(AccountRow {
                customer: row.try_get("customer")?,
                available_minor: row.try_get("available_minor")?,
                held_minor: row.try_get("held_minor")?,
                captured_minor: row.try_get("captured_minor")?,
                refunded_minor: row.try_get("refunded_minor")?,
            })
        })
        .collect()
}

async fn payments(connection: &mut PgConnection) -> Result<Vec<PaymentRow>, sqlx::Error> {
    let query = "select order_id, customer, amount_minor, state from payments order by order_id";
    let rows = sqlx::query(query).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(PaymentRow {
                order_id: row.try_get("order_id")?,
                customer: row.try_get("customer")?,
                amount_minor: row.try_get("amount_minor")?,
                state: row.try_get("state")?,
            })
        })
        .collect()
}

async fn ledger(
    connection: &mut PgConnection,
    scope: &Scope,
) -> Result<Vec<LedgerRow>, sqlx::Error> {
    let query = "select cause, kind, account, customer, amount_minor from ledger \
        where starts_with(customer, $1) order by cause, kind, account";
    let rows = sqlx::query(query)
        .bind(&scope.prefix)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(LedgerRow {
                cause: row.try_get("cause")?,
                kind: row.try_get("kind")?,
                account: row.try_get("account")?,
                customer: row.try_get("customer")?,
                amount_minor: row.try_get("amount_minor")?,
            })
        })
        .collect()
}

async fn ledger_elsewhere(
    connection: &mut PgConnection,
    scope: &Scope,
) -> Result<Vec<LedgerSum>, sqlx::Error> {
    let query = "select customer, account, sum(amount_minor)::bigint as amount_minor, count(*) as entries \
        from ledger where not starts_with(customer, $1) group by customer, account order by 1, 2";
    let rows = sqlx::query(query)
        .bind(&scope.prefix)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(LedgerSum {
                customer: row.try_get("customer")?,
                account: row.try_get("account")?,
                amount_minor: row.try_get("amount_minor")?,
                rows: row.try_get::<i64, _>("entries")?.unsigned_abs(),
            })
        })
        .collect()
}
