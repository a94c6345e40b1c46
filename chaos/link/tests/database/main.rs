//! A real PostgreSQL, and sqlx in front of the link: whose commit is cut.

use link_proxy::{
    Fault, Faults, Lease, Link, Probability, Protocol, Receipt, Receipts, Rule, Settings, Way,
};
use platform::servers::TestServers;
use sqlx::{Connection, PgConnection, Row};
use std::{future::Future, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// Far beyond what anything here takes on a machine that compiles beside it.
const PATIENCE: Duration = Duration::from_secs(120);
const HOUR: Duration = Duration::from_secs(3600);

async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let Ok(answer) = timeout(PATIENCE, work).await else {
        panic!("not within {PATIENCE:?}: {what}");
    };
    answer
}

struct Site {
    _link: Link,
    faults: Faults,
    receipts: mpsc::Receiver<Receipt>,
    through: String,
    direct: PgConnection,
}

impl Site {
    async fn start(servers: &TestServers, database: &str) -> Self {
        let url = servers
            .create_database(database)
            .await
            .expect("an empty database");
        let (before, rest) = url.split_once('@').expect("credentials");
        let (upstream, after) = rest.split_once('/').expect("a database");
        let (sender, receipts) = Receipts::channel(4096);
        let faults = Faults::new(sender);
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            upstream: upstream.to_owned(),
            protocol: Protocol::Postgres,
            connect_within: PATIENCE,
        };
        let link = Link::start(settings, faults.clone())
            .await
            .expect("a free port");
        let mut direct = soon("a connection", PgConnection::connect(&url))
            .await
            .expect("connected");
        sqlx::query("CREATE TABLE done (id BIGINT PRIMARY KEY)")
            .execute(&mut direct)
            .await
            .expect("a table");
        Self {
            through: format!("{before}@{}/{after}", link.address()),
            _link: link,
            faults,
            receipts,
            direct,
        }
    }

    async fn connect(&self) -> PgConnection {
        soon("a connection", PgConnection::connect(&self.through))
            .await
            .expect("connected")
    }

    fn arm(&self, share: Option<f64>, nth: Option<u64>) -> Lease {
        let share = share.map(|share| Probability::new(share).expect("a share"));
        let rule = Rule {
            name: "cut".into(),
            seed: 7,
            fault: Fault::CutOnCommit { share, nth },
        };
        self.faults.arm(rule, HOUR)
    }

    async fn rows(&mut self) -> i64 {
        sqlx::query("SELECT count(*) FROM done")
            .fetch_one(&mut self.direct)
            .await
            .expect("counted")
            .get(0)
    }

    async fn cut_receipt(&mut self) -> Receipt {
        let receipt = soon("a receipt", self.receipts.recv()).await.expect("left");
        assert_eq!(
            (receipt.fault.as_str(), receipt.what, receipt.way),
            ("cut", "link/cut-on-commit", Some(Way::ToClient))
        );
        // A tag and "ready for query" at least.
        assert!(receipt.octets >= 12 + 6, "{receipt:?}");
        receipt
    }
}

/// Whether the client was told that it is done.
async fn insert(connection: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    soon("a transaction", async {
        let mut transaction = connection.begin().await?;
        sqlx::query("INSERT INTO done VALUES ($1)")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    })
    .await
}

fn is_cut(answer: Result<(), sqlx::Error>) {
    assert!(matches!(answer, Err(sqlx::Error::Io(_))), "{answer:?}");
}

#[tokio::test]
async fn the_server_has_committed_what_the_client_never_hears_of() {
    let servers = TestServers::start().await.expect("servers start");

    // Armed in mid-connection, and over with its lease.
    let mut site = Site::start(&servers, "each").await;
    let mut connection = site.connect().await;
    let mut untouched = site.connect().await;
    insert(&mut connection, 1).await.expect("committed");
    let lease = site.arm(None, None);
    is_cut(insert(&mut connection, 2).await);
    // The row is there, and the answer had come, before the client was cut.
    assert_eq!(site.rows().await, 2);
    assert_eq!(site.cut_receipt().await.connection, 1);
    let mut again = site.connect().await;
    is_cut(insert(&mut again, 3).await);
    assert_eq!(site.rows().await, 3);
    site.cut_receipt().await;
    drop(lease);
    insert(&mut untouched, 4).await.expect("committed");
    insert(&mut site.connect().await, 5)
        .await
        .expect("committed");
    assert!(site.receipts.is_empty() && site.faults.unrecorded() == 0);

    // Whatever is not a commit passes; the third commit of all does not.
    let mut site = Site::start(&servers, "nth").await;
    let _lease = site.arm(None, Some(3));
    let (mut one, mut other) = (site.connect().await, site.connect().await);
    insert(&mut one, 1).await.expect("committed");
    insert(&mut other, 2).await.expect("committed");
    let rolled_back = one.begin().await.expect("begun").rollback().await;
    rolled_back.expect("no commit");
    is_cut(insert(&mut one, 3).await);
    insert(&mut other, 4).await.expect("committed");
    assert_eq!(site.rows().await, 4);
    assert_eq!(site.cut_receipt().await.connection, 1);

    // A share of them, which the seed decides.
    let mut runs = Vec::new();
    for database in ["share", "share_again"] {
        let mut site = Site::start(&servers, database).await;
        let _lease = site.arm(Some(0.5), None);
        let mut run = Vec::new();
        for id in 0..16 {
            run.push(insert(&mut site.connect().await, id).await.is_ok());
        }
        assert_eq!(site.rows().await, 16);
        assert_eq!(
            site.receipts.len(),
            run.iter().filter(|told| !**told).count()
        );
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&true) && runs[0].contains(&false));

    // A statement of a client that does not wait for answers.
    let mut site = Site::start(&servers, "batch").await;
    let mut connection = site.connect().await;
    let _lease = site.arm(None, None);
    let mut transaction = connection.begin().await.expect("begun");
    sqlx::raw_sql("INSERT INTO done VALUES (1); INSERT INTO done VALUES (2)")
        .execute(&mut *transaction)
        .await
        .expect("inserted");
    is_cut(transaction.commit().await);
    assert_eq!(site.rows().await, 2);
}
