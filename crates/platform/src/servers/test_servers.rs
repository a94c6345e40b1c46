//! A RabbitMQ and a PostgreSQL of a test's own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use crate::ports::Port;
use crate::process::Supervisor;
use crate::run_dir::{self, RunDir};
use crate::secret;

use super::databases::{connect, run};
use super::definitions::{BrokerUser, Permission};
use super::{Durability, Postgres, RabbitMq, ServerError, epmd};

/// The broker takes 5 to 10 s on an idle machine; tests share theirs with a compiler.
const START_PATIENCE: Duration = Duration::from_secs(120);

/// Ends with this value, and with the process if that is killed.
pub struct TestServers {
    // Fields are dropped in this order: the processes first, or they would write into the folder while it is deleted.
    supervisor: Supervisor,
    folder: Folder,
    rabbit: RabbitMq,
    postgres: Postgres,
    admin: BrokerUser,
    _epmd_port: Port,
}

/// Deleted with everything in it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
        let _ = std::fs::remove_dir_all(run_dir::elsewhere(&self.0));
    }
}

impl TestServers {
    /// Some that live as long as this process, for all of its tests; `read` is told where they are.
    pub async fn for_this_process<T: Send + 'static>(
        read: impl FnOnce(&TestServers) -> T + Send + 'static,
    ) -> T {
        let (tell, told) = tokio::sync::oneshot::channel();
        // A runtime of their own: the one of the first test ends before the last test.
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime for the servers");
            runtime.block_on(async move {
                let servers = TestServers::start().await.expect("servers start");
                let _ = tell.send(read(&servers));
                std::future::pending::<()>().await;
            });
        });
        told.await.expect("servers started")
    }

    pub async fn start() -> Result<TestServers, ServerError> {
        let folder = std::env::temp_dir().join(format!("breakwater-test-{}", Uuid::new_v4()));
        let run_dir =
            RunDir::open(&folder).map_err(ServerError::io("a folder for test servers"))?;
        let folder = Folder(run_dir.path().to_owned());
        let supervisor = Supervisor::open(run_dir.path(), &run_dir.logs())
            .map_err(ServerError::io("supervision"))?;

        let admin = BrokerUser {
            name: "admin".into(),
            password: secret::password(),
            tag: Some("administrator"),
            permission: Permission::everything(),
        };
        let epmd_port = Port::claim().map_err(ServerError::io("a port for epmd"))?;
        let rabbit_dir = run_dir
            .fresh("rabbitmq")
            .map_err(ServerError::io("the broker's folder"))?;
        let rabbit = RabbitMq::prepare(rabbit_dir, std::slice::from_ref(&admin), &admin)?;
        supervisor.start(epmd(run_dir.path(), &epmd_port)?);
        supervisor.start(rabbit.spec(&epmd_port)?);

        let account = Postgres::account();
        let postgres_dir = run_dir
            .fresh_for("postgres", account.as_ref())
            .map_err(ServerError::io("PostgreSQL's folder"))?;
        let postgres =
            Postgres::prepare(&supervisor, postgres_dir, account, Durability::ProcessCrash).await?;
        supervisor.start(postgres.spec());

        let servers = TestServers {
            rabbit,
            postgres,
            admin,
            folder,
            _epmd_port: epmd_port,
            supervisor,
        };
        servers.ready().await?;
        Ok(servers)
    }

    /// Waits until both answer, for example after one was killed.
    pub async fn ready(&self) -> Result<(), ServerError> {
        let names = ["epmd", "rabbitmq", "postgres"].map(String::from);
        self.supervisor
            .ready(&names, START_PATIENCE, |_| {})
            .await?;
        Ok(())
    }

    /// As a user who may do everything. Ends in the vhost `/`.
    pub fn amqp_url(&self) -> String {
        self.rabbit.amqp_url(&self.admin)
    }

    /// The management API's root, credentials included: append `/api/...`.
    pub fn management_url(&self) -> String {
        self.rabbit.management_url(&self.admin)
    }

    /// The database `postgres`, as superuser.
    pub fn database_url(&self) -> String {
        self.postgres.superuser_url("postgres")
    }

    /// An empty database, as superuser. Give each test its own and they can run side by side.
    pub async fn create_database(&self, name: &str) -> Result<String, ServerError> {
        let mut admin = connect(&self.database_url()).await?;
        let quoted = name.replace('"', "\"\"");
        run(&mut admin, format!("CREATE DATABASE \"{quoted}\"")).await?;
        Ok(self.postgres.superuser_url(name))
    }

    /// To kill, pause and restart `rabbitmq` and `postgres`.
    pub fn supervisor(&self) -> &Supervisor {
        &self.supervisor
    }

    pub fn folder(&self) -> &Path {
        &self.folder.0
    }
}
