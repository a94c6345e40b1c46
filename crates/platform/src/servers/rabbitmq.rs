//! A private RabbitMQ: own folder, ports, cookie and port mapper, on loopback only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};
use crate::run_dir::write_whole;
use crate::secret;

use super::definitions::{BrokerUser, definitions};
use super::{ServerError, on_path};

/// The script itself: the one in /usr/sbin would change to the account of the system's own broker.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

const CTL: &str = "/usr/lib/rabbitmq/bin/rabbitmqctl";
const NODE: &str = "breakwater@localhost";

/// Where the plugins that the distribution ships are named, so that they need not be enabled by hand.
const PLUGINS: &str = "[rabbitmq_management,rabbitmq_prometheus].\n";

/// Two schedulers, since the broker shares few cores with everything else, and none of them may spin while idle: the
/// processor belongs to whoever has work. The distribution listens on loopback like all the rest.
const ERLANG: &str = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none \
                      -kernel inet_dist_use_interface {127,0,0,1}";

pub struct RabbitMq {
    pub amqp: Port,
    pub management: Port,
    pub metrics: Port,
    /// The Erlang distribution, used by `rabbitmqctl`.
    distribution: Port,
    folder: PathBuf,
    admin: BrokerUser,
}

impl RabbitMq {
    /// Writes everything the broker reads at boot into `folder`. `admin` is the one who may ask whether it is ready.
    pub fn prepare(
        folder: PathBuf,
        users: &[BrokerUser],
        admin: &BrokerUser,
    ) -> Result<RabbitMq, ServerError> {
        let claim = || Port::claim().map_err(ServerError::io("a port for RabbitMQ"));
        let rabbit = RabbitMq {
            admin: admin.clone(),
            amqp: claim()?,
            management: claim()?,
            metrics: claim()?,
            distribution: claim()?,
            folder,
        };
        rabbit
            .write_files(users)
            .map_err(ServerError::io("the broker's configuration"))?;
        Ok(rabbit)
    }

    fn write_files(&self, users: &[BrokerUser]) -> std::io::Result<()> {
        let file = |name: &str| self.folder.join(name);
        let definitions_json = definitions(users).to_string();
        write_whole(
            &file("definitions.json"),
            definitions_json.as_bytes(),
            0o600,
        )?;
        write_whole(&file("rabbitmq.conf"), self.conf().as_bytes(), 0o600)?;
        write_whole(&file("enabled_plugins"), PLUGINS.as_bytes(), 0o600)?;
        // Empty, so that the machine's own /etc/rabbitmq does not speak for us.
        write_whole(&file("rabbitmq-env.conf"), b"", 0o600)?;
        write_whole(
            &file(".erlang.cookie"),
            secret::password().as_bytes(),
            0o400,
        )
    }

    fn conf(&self) -> String {
        format!(
            "\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {metrics}
load_definitions = {folder}/definitions.json
log.console = true
log.console.level = info
log.file = false
# Alarm at a fixed size: a share of the machine would let a big one hide a leak that a small one shows.
vm_memory_high_watermark.absolute = 1GiB
# A run writes some 100 MB; the default of 50 MB would alarm on the same disks, later.
disk_free_limit.absolute = 256MB
# A client sets aside some 64 frames a connection: 8 MB at the default of 128 KiB, half a service's memory. Our longest
# message fits into one of these frames, and longer ones are split.
frame_max = 16384
# Counts of queues, connections and channels, but not of each channel with each queue and exchange: those cost every
# message a look into several tables, and nobody asks for them.
collect_statistics = coarse
# The queue counts that a verdict polls are at most this old.
collect_statistics_interval = 5000
# The log is rolled over at this size, and until then it is in memory as well. The default is 512 MB.
raft.wal_max_size_bytes = 67108864
",
            amqp = self.amqp.number,
            management = self.management.number,
            metrics = self.metrics.number,
            folder = self.folder.display(),
        )
    }

    /// `rabbitmqctl`, past the script that would change to the account of the system's own broker.
    pub fn ctl(&self) -> PathBuf {
        PathBuf::from(CTL)
    }

    /// How it finds this node.
    pub fn ctl_env(&self, epmd: &Port) -> BTreeMap<String, String> {
        let file = |name: &str| self.folder.join(name).display().to_string();
        let env = [
            // The cookie is looked for here.
            ("HOME", file("")),
            ("LANG", "C.UTF-8".to_owned()),
            ("RABBITMQ_CONF_ENV_FILE", file("rabbitmq-env.conf")),
            ("RABBITMQ_NODENAME", NODE.to_owned()),
            ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
            ("ERL_EPMD_PORT", epmd.number.to_string()),
        ];
        env.map(|(key, value)| (key.to_owned(), value)).into()
    }

    pub fn spec(&self, epmd: &Port) -> Result<ProcessSpec, ServerError> {
        if !installed() {
            return Err(ServerError::Missing("RabbitMQ", "rabbitmq-server"));
        }
        let file = |name: &str| self.folder.join(name).display().to_string();
        let mut spec = ProcessSpec::new("rabbitmq", Kind::Server, PROGRAM, &self.folder)
            // The cookie is looked for here; on a command line everybody could read it.
            .env("HOME", file(""))
            .env("LANG", "C.UTF-8")
            .env("RABBITMQ_CONF_ENV_FILE", file("rabbitmq-env.conf"))
            .env("RABBITMQ_NODENAME", NODE)
            .env("RABBITMQ_CONFIG_FILE", file("rabbitmq.conf"))
            .env("RABBITMQ_ADVANCED_CONFIG_FILE", file("advanced.config"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", file("enabled_plugins"))
            .env("RABBITMQ_MNESIA_BASE", file("data"))
            .env("RABBITMQ_LOG_BASE", file("log"))
            .env("RABBITMQ_SCHEMA_DIR", file("schema"))
            .env("RABBITMQ_PID_FILE", file("pid"))
            .env("RABBITMQ_LOGS", "-")
            .env("RABBITMQ_DIST_PORT", self.distribution.number.to_string())
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", ERLANG)
            // The script then becomes the Erlang VM instead of waiting for it: one process to signal.
            .env("RUNNING_UNDER_SYSTEMD", "true")
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_EPMD_PORT", epmd.number.to_string())
            .env("ERL_CRASH_DUMP_BYTES", "0");
        spec.probe = Probe::Http(format!(
            "{}/api/health/checks/port-listener/{}",
            self.management_url(&self.admin),
            self.amqp.number
        ));
        // It closes connections and flushes its log first.
        spec.stop_grace = Duration::from_secs(30);
        spec.metrics_addr = Some(self.metrics.addr());
        Ok(spec)
    }

    /// The management API's root, credentials included.
    pub fn management_url(&self, user: &BrokerUser) -> String {
        format!(
            "http://{}:{}@{}",
            user.name,
            user.password,
            self.management.addr()
        )
    }

    /// Ends in the vhost `/`.
    pub fn amqp_url(&self, user: &BrokerUser) -> String {
        format!(
            "amqp://{}:{}@{}/%2f",
            user.name,
            user.password,
            self.amqp.addr()
        )
    }
}

/// Whether a usable RabbitMQ is installed.
pub fn installed() -> bool {
    Path::new(PROGRAM).is_file() && ["erl", "epmd"].iter().all(|it| on_path(it).is_some())
}
