//! Writing what changed, a statement a table. A row that another instance inserted
//! meanwhile is a unique violation, and the whole batch is decided again.

use decider::Changes;
use orders_contract::{CustomerId, OrderId};
use payments_core::{
    Event, State,
    ledger::entries,
    state::{Account, Payment},
};
use sqlx::{PgConnection, postgres::PgArguments, query::Query};

type Statement = Query<'static, sqlx::Postgres, PgArguments>;

pub async fn accounts(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, known } = Changes::between(&before.accounts, &after.accounts);
    if !new.is_empty() {
        let insert = sqlx::query(
            "insert into accounts
                 (customer, available_minor, held_minor, captured_minor, refunded_minor, blocked)
             select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[],
                                  $5::bigint[], $6::boolean[])",
        );
        bind_accounts(insert, &new).execute(&mut *conn).await?;
    }
    if !known.is_empty() {
        let update = sqlx::query(
            "update accounts set available_minor = new.available_minor,
                 held_minor = new.held_minor, captured_minor = new.captured_minor,
                 refunded_minor = new.refunded_minor, blocked = new.blocked
             from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                         $6::boolean[])
                 as new (customer, available_minor, held_minor, captured_minor,
                         refunded_minor, blocked)
             where accounts.customer = new.customer",
        );
        bind_accounts(update, &known).execute(conn).await?;
    }
    Ok(())
}

fn bind_accounts(statement: Statement, rows: &[(&CustomerId, &Account)]) -> Statement {
    let column = |of: fn(&Account) -> i64| rows.iter().map(|(_, a)| of(a)).collect::<Vec<_>>();
    let customers: Vec<String> = rows.iter().map(|(c, _)| c.as_str().to_owned()).collect();
    let blocked: Vec<bool> = rows.iter().map(|(_, account)| account.blocked).collect();
    statement
        .bind(customers)
        .bind(column(|a| a.available_minor))
        .bind(column(|a| a.held_minor))
        .bind(column(|a| a.captured_minor))
        .bind(column(|a| a.refunded_minor))
        .bind(blocked)
}

pub async fn payments(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, known } = Changes::between(&before.payments, &after.payments);
    if !new.is_empty() {
        let insert = sqlx::query(
            "insert into payments (order_id, customer, amount_minor, state)
             select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[])",
        );
        bind_payments(insert, &new).execute(&mut *conn).await?;
    }
    if !known.is_empty() {
        let update = sqlx::query(
            "update payments set customer = new.customer, amount_minor = new.amount_minor,
                 state = new.state
             from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[])
                 as new (order_id, customer, amount_minor, state)
             where payments.order_id = new.order_id",
        );
        bind_payments(update, &known).execute(conn).await?;
    }
    Ok(())
}

fn bind_payments(statement: Statement, rows: &[(&OrderId, &Payment)]) -> Statement {
    let charges = || rows.iter().map(|(_, payment)| payment.charge());
    let ids: Vec<_> = rows.iter().map(|(id, _)| id.0).collect();
    // A tombstone has nobody's money.
    let customers: Vec<String> = charges()
        .map(|charge| charge.map_or_else(String::new, |c| c.customer.as_str().to_owned()))
        .collect();
    let amounts: Vec<i64> = charges().map(|c| c.map_or(0, |c| c.amount_minor)).collect();
    let states: Vec<&str> = rows.iter().map(|(_, payment)| payment.label()).collect();
    statement
        .bind(ids)
        .bind(customers)
        .bind(amounts)
        .bind(states)
}

pub async fn deposits(
    conn: &mut PgConnection,
    before: &State,
    after: &State,
) -> Result<(), sqlx::Error> {
    let Changes { new, .. } = Changes::between(&before.deposits, &after.deposits);
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = new.iter().map(|(id, _)| **id).collect();
    let customers: Vec<&str> = new.iter().map(|(_, d)| d.customer.as_str()).collect();
    let amounts: Vec<i64> = new.iter().map(|(_, d)| d.amount_minor).collect();
    sqlx::query(
        "insert into deposits (deposit_id, customer, amount_minor)
         select * from unnest($1::uuid[], $2::text[], $3::bigint[])",
    )
    .bind(ids)
    .bind(customers)
    .bind(amounts)
    .execute(conn)
    .await?;
    Ok(())
}

/// Each movement once: the primary key refuses a second.
pub async fn ledger(conn: &mut PgConnection, events: &[Event]) -> Result<(), sqlx::Error> {
    let entries: Vec<_> = events.iter().flat_map(entries).collect();
    if entries.is_empty() {
        return Ok(());
    }
    let causes: Vec<_> = entries.iter().map(|e| e.cause).collect();
    let kinds: Vec<&str> = entries.iter().map(|e| e.kind).collect();
    let purses: Vec<&str> = entries.iter().map(|e| e.purse.as_str()).collect();
    let customers: Vec<&str> = entries.iter().map(|e| e.customer.as_str()).collect();
    let amounts: Vec<i64> = entries.iter().map(|e| e.amount_minor).collect();
    sqlx::query(
        "insert into ledger (cause, kind, account, customer, amount_minor)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[])",
    )
    .bind(causes)
    .bind(kinds)
    .bind(purses)
    .bind(customers)
    .bind(amounts)
    .execute(conn)
    .await?;
    Ok(())
}
