//! One database and role a service, shut to all others, and one role that may read everything.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{Postgres, ServerError};

/// A database, the role of the same name that owns it, and that role's password.
#[derive(Clone, Debug)]
pub struct DatabaseRole {
    pub name: String,
    pub password: String,
}

/// Who may read every database and change none.
pub const VERIFIER: &str = "verifier";

/// Names and passwords are our own constants and [`crate::secret::password`]s: nothing in here needs quoting.
pub async fn set_up_databases(
    postgres: &Postgres,
    owners: &[DatabaseRole],
    verifier_password: &str,
) -> Result<(), ServerError> {
    let mut admin = connect(&postgres.superuser_url("postgres")).await?;
    run(
        &mut admin,
        format!(
            "CREATE ROLE {VERIFIER} LOGIN PASSWORD '{verifier_password}'; \
             GRANT pg_read_all_data TO {VERIFIER}; \
             REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC"
        ),
    )
    .await?;
    for DatabaseRole { name, password } in owners {
        run(
            &mut admin,
            format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'"),
        )
        .await?;
        // A statement of its own: it cannot stand in the transaction that several in one string are.
        run(&mut admin, format!("CREATE DATABASE {name} OWNER {name}")).await?;
        run(
            &mut admin,
            format!(
                "REVOKE ALL ON DATABASE {name} FROM PUBLIC; \
                 GRANT CONNECT ON DATABASE {name} TO {VERIFIER}"
            ),
        )
        .await?;
    }
    let _ = admin.close().await;
    Ok(())
}

pub(super) async fn connect(url: &str) -> Result<PgConnection, ServerError> {
    PgConnection::connect(url)
        .await
        .map_err(|error| ServerError::Sql {
            what: "connecting to our own PostgreSQL".into(),
            error,
        })
}

pub(super) async fn run(connection: &mut PgConnection, sql: String) -> Result<(), ServerError> {
    let result = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
        .execute(connection)
        .await;
    result.map(|_| ()).map_err(|error| ServerError::Sql {
        // What comes after a password stays out of the message.
        what: sql.split(" PASSWORD").next().unwrap_or_default().to_owned(),
        error,
    })
}
