//! A private PostgreSQL: own folder and port, on loopback only, never as root.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::timeout;

use crate::ports::Port;
use crate::process::file_size::FILE_BYTES_MAX;
use crate::process::{Account, Kind, Probe, ProcessSpec, Supervisor};
use crate::run_dir::write_whole;
use crate::secret;

use super::ServerError;

/// initdb takes a second; a machine that needs this long for it will not run the rest.
const INITDB_PATIENCE: Duration = Duration::from_secs(60);

const INITDB: &str = "initdb";

/// Does a commit wait for the disk?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in production: what was acknowledged survives the machine.
    Full,
    /// For tests, whose data does not outlive them: it survives a SIGKILL, and nothing else is asked.
    ProcessCrash,
}

pub struct Postgres {
    pub port: Port,
    pub superuser_password: String,
    account: Option<Account>,
    programs: PathBuf,
    data: PathBuf,
}

impl Postgres {
    /// The account to run as: our own, unless that is root.
    pub fn account() -> Option<Account> {
        rustix::process::geteuid()
            .is_root()
            .then(|| Account::first_of(&["postgres", "nobody"]))
            .flatten()
    }

    /// Makes a cluster in `folder`, which is empty and belongs to `account`.
    pub async fn prepare(
        supervisor: &Supervisor,
        folder: PathBuf,
        account: Option<Account>,
        durability: Durability,
    ) -> Result<Postgres, ServerError> {
        let postgres = Postgres {
            port: Port::claim().map_err(ServerError::io("a port for PostgreSQL"))?,
            superuser_password: secret::password(),
            account,
            programs: programs().ok_or(ServerError::Missing("PostgreSQL", "postgresql"))?,
            data: folder.join("data"),
        };
        postgres.initdb(supervisor, &folder).await?;
        let conf = postgres.data.join("postgresql.auto.conf");
        std::fs::write(&conf, postgres.conf(durability))
            .map_err(ServerError::io("PostgreSQL's configuration"))?;
        Ok(postgres)
    }

    async fn initdb(&self, supervisor: &Supervisor, folder: &Path) -> Result<(), ServerError> {
        let password_file = folder.join("superuser");
        write_whole(&password_file, self.superuser_password.as_bytes(), 0o600)
            .and_then(|()| match &self.account {
                Some(account) => chown(&password_file, Some(account.uid), Some(account.gid)),
                None => Ok(()),
            })
            .map_err(ServerError::io("the password file for initdb"))?;
        let mut spec = ProcessSpec::new(INITDB, Kind::Server, self.programs.join(INITDB), folder)
            .arg("-D")
            .arg(self.data.display().to_string())
            .arg(format!("--pwfile={}", password_file.display()));
        // Within the quota of a disk that is said to be full; as many octets are written either way.
        spec = spec.arg(format!("--wal-segsize={}", FILE_BYTES_MAX >> 20));
        // What is lost with the machine now is made again at the next start.
        for arg in ["--username=postgres", "--auth=scram-sha-256", "--no-sync"] {
            spec = spec.arg(arg);
        }
        spec = spec.arg("--encoding=UTF8").arg("--locale=C");
        spec.run_as.clone_from(&self.account);
        let exit = timeout(INITDB_PATIENCE, supervisor.run(spec))
            .await
            .map_err(|_| ServerError::Initdb(format!("no end after {INITDB_PATIENCE:?}")))?
            .map_err(ServerError::io(INITDB))?;
        let _ = std::fs::remove_file(password_file);
        if exit.success() {
            Ok(())
        } else {
            Err(ServerError::Initdb(supervisor.log(INITDB).tail(15)))
        }
    }

    fn conf(&self, durability: Durability) -> String {
        let fsync = match durability {
            Durability::Full => "on",
            Durability::ProcessCrash => "off",
        };
        format!(
            "\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
# Eight instances of each of six services with up to 8 connections. A slot that is not used costs a few kilobytes.
max_connections = 400
# The working set of a run fits; the rest of the memory is the machine's.
shared_buffers = '128MB'
fsync = {fsync}
full_page_writes = {fsync}
# No replica reads this log.
wal_level = 'minimal'
max_wal_senders = 0
# Checkpoints by time, not in the middle of a burst: a minute of full load writes less than this.
max_wal_size = '1GB'
checkpoint_timeout = '15min'
# Small rows that change several times a second: look for garbage often, and let pages keep room for new versions.
autovacuum_naptime = '10s'
# Everything is in memory: a look-up through an index costs what the next page of a scan costs.
random_page_cost = 1.1
# Plans of queries that take milliseconds are not worth compiling.
jit = off
# A session that forgets its transaction must not hold its locks for ever.
idle_in_transaction_session_timeout = '60s'
log_line_prefix = '%m [%p] %u@%d '
log_timezone = 'UTC'
timezone = 'UTC'
",
            port = self.port.number
        )
    }

    pub fn spec(&self) -> ProcessSpec {
        let mut spec = ProcessSpec::new(
            "postgres",
            Kind::Server,
            self.programs.join("postgres"),
            &self.data,
        )
        .arg("-D")
        .arg(self.data.display().to_string())
        .env("LC_ALL", "C");
        spec.run_as = self.account.clone();
        spec.niceness = 5;
        spec.probe = Probe::Postgres(self.superuser_url("postgres"));
        // SIGTERM would wait until the last client has left; SIGINT asks the clients to leave too.
        spec.stop_signal = Signal::INT;
        // Leaves the data as a crash would, but ends the back-ends before it goes.
        spec.abandon_signal = Signal::QUIT;
        spec
    }

    pub fn superuser_url(&self, database: &str) -> String {
        self.url("postgres", &self.superuser_password, database)
    }

    pub fn url(&self, role: &str, password: &str, database: &str) -> String {
        format!(
            "postgres://{role}:{password}@{}/{database}",
            self.port.addr()
        )
    }
}

/// The newest version's programs: Debian keeps one folder a version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            let whole = ["postgres", "initdb"]
                .iter()
                .all(|it| programs.join(it).is_file());
            whole.then_some((version, programs))
        })
        .max()
        .map(|(_, programs)| programs)
}

/// Whether a usable PostgreSQL is installed.
pub fn installed() -> bool {
    programs().is_some()
}
