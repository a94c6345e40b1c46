//! A real RabbitMQ and a real PostgreSQL, one of each for the whole run. Each test has
//! a virtual host and a database of its own.

use crate::tally::Counters;
use messaging::store::postgres::{PgStore, PoolSettings, migrate};
use platform::servers::TestServers;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::env;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::tally::Tally;

#[derive(Debug)]
struct Addresses {
    amqp: String,
    management: String,
    database: String,
}

static ADDRESSES: OnceCell<Addresses> = OnceCell::const_new();

async fn addresses() -> &'static Addresses {
    ADDRESSES.get_or_init(start).await
}

/// Servers named by the environment, or private ones that live as long as this process.
async fn start() -> Addresses {
    let given = |name| env::var(format!("BREAKWATER_TEST_{name}")).ok();
    if let (Some(amqp), Some(management), Some(database)) = (
        given("AMQP_URL"),
        given("MANAGEMENT_URL"),
        given("DATABASE_URL"),
    ) {
        return Addresses {
            amqp,
            management,
            database,
        };
    }
    TestServers::for_this_process(|servers| Addresses {
        amqp: servers.amqp_url(),
        management: servers.management_url(),
        database: servers.database_url(),
    })
    .await
}

/// A virtual host of a test's own.
pub struct Vhost {
    name: String,
}

impl Vhost {
    pub async fn create() -> Self {
        let vhost = Self {
            name: format!("test-{}", Uuid::new_v4().simple()),
        };
        let user = user_of(&addresses().await.management);
        vhost
            .put(&format!("vhosts/{}", vhost.name), &json!({}))
            .await;
        let everything = json!({"configure": ".*", "write": ".*", "read": ".*"});
        vhost
            .put(&format!("permissions/{}/{user}", vhost.name), &everything)
            .await;
        vhost
    }

    pub async fn amqp_url(&self) -> String {
        let url = &addresses().await.amqp;
        let (server, _) = url
            .rsplit_once('/')
            .expect("an AMQP address ends in a vhost");
        format!("{server}/{}", self.name)
    }

    pub async fn delete_queue(&self, queue: &str) {
        self.send(
            reqwest::Method::DELETE,
            &format!("queues/{}/{queue}", self.name),
            None,
        )
        .await;
    }

    /// Names of the connections, as clients gave them, with the broker's own.
    async fn connections(&self) -> Vec<(String, String)> {
        let listed = self
            .send(
                reqwest::Method::GET,
                &format!("vhosts/{}/connections", self.name),
                None,
            )
            .await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = listed.as_array().into_iter().flatten();
        rows.map(|row| (text(&row["user_provided_name"]), text(&row["name"])))
            .collect()
    }

    /// Closes every connection by force; how many.
    pub async fn close_connections(&self) -> usize {
        let connections = self.connections().await;
        for (_, name) in &connections {
            let path = format!(
                "connections/{}",
                name.replace(' ', "%20").replace('>', "%3E")
            );
            self.send(reqwest::Method::DELETE, &path, None).await;
        }
        connections.len()
    }

    pub async fn connection_names(&self) -> Vec<String> {
        self.connections()
            .await
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    async fn put(&self, path: &str, body: &Value) {
        self.send(reqwest::Method::PUT, path, Some(body)).await;
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}/api/{path}", addresses().await.management);
        let mut request = reqwest::Client::new().request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.expect("the management API answers");
        let text = answer.text().await.expect("a body");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

fn user_of(management: &str) -> String {
    let credentials = management.trim_start_matches("http://");
    credentials.split(':').next().unwrap_or("guest").to_owned()
}

/// A migrated database of a test's own, with the counters.
pub async fn store() -> PgStore<Tally, Counters> {
    let server = &addresses().await.database;
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(server)
        .await
        .expect("PostgreSQL answers");
    sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
        .execute(&mut admin)
        .await
        .expect("database created");
    let (server, _) = server
        .rsplit_once('/')
        .expect("a database address ends in a name");
    let settings = PoolSettings::new(format!("{server}/{name}"), "tally/tally-1");
    let store = PgStore::connect(&settings, Counters).expect("a valid address");
    migrate(store.pool()).await.expect("migrated");
    migrate(store.pool())
        .await
        .expect("migrating is idempotent");
    sqlx::raw_sql(Counters::SCHEMA)
        .execute(store.pool())
        .await
        .expect("counters created");
    store
}
