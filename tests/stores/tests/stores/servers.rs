//! A real PostgreSQL for the whole run, a database of its own for each test, and the one
//! runtime that all of them share.

use crate::kept::Kept;
use messaging::store::postgres::{PgStore, PoolSettings, migrate};
use platform::servers::TestServers;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::LazyLock;
use tokio::{runtime::Runtime, sync::OnceCell};
use uuid::Uuid;

/// Pools and the private server outlive a test, so their runtime does too.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static ADDRESS: OnceCell<String> = OnceCell::const_new();

/// For one step of a case: a difference is told, and proptest shrinks what led to it.
pub type Verdict = Result<(), TestCaseError>;

pub fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}

/// Cases that failed once are kept beside `file` and come first.
pub fn runner(file: &'static str, cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        source_file: Some(file),
        // A case is a hundred transactions: a minute of shrinking.
        max_shrink_iters: 400,
        ..Config::default()
    })
}

/// The server named by the environment, or a private one that lives as long as this process.
async fn address() -> &'static str {
    ADDRESS.get_or_init(start).await
}

async fn start() -> String {
    if let Ok(given) = std::env::var("BREAKWATER_TEST_DATABASE_URL") {
        return given;
    }
    TestServers::for_this_process(TestServers::database_url).await
}

/// A migrated database of a test's own.
pub struct Database {
    pub url: String,
}

impl Database {
    pub async fn create<P: Kept>() -> Self {
        let server = address().await;
        let name = format!("stores_{}_{}", P::SERVICE, Uuid::new_v4().simple());
        let mut admin = PgConnection::connect(server)
            .await
            .expect("PostgreSQL answers");
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut admin)
            .await
            .expect("created");
        let (server, _) = server.rsplit_once('/').expect("it ends in a name");
        let database = Self {
            url: format!("{server}/{name}"),
        };
        let pool = database.store::<P>().pool().clone();
        migrate(&pool).await.expect("inbox and outbox");
        P::migrations().run(&pool).await.expect("its own tables");
        database
    }

    /// As one instance reaches it.
    pub fn store<P: Kept>(&self) -> PgStore<P, P::Sql> {
        store_at::<P>(&self.url, P::SERVICE)
    }
}

pub fn store_at<P: Kept>(url: &str, name: &str) -> PgStore<P, P::Sql> {
    // A pool asks for its runtime when it is made.
    let _inside = RUNTIME.enter();
    PgStore::connect(&PoolSettings::new(url, name), P::SQL).expect("an address")
}
