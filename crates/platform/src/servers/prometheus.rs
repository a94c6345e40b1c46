//! A private Prometheus that follows what runs: its targets are a file, written anew when the set changes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};
use crate::run_dir::write_whole;

use super::{ServerError, on_path};

/// Kept with the dashboards, so that every deployment scrapes alike.
const CONFIG: &str = include_str!("../../../../observability/prometheus/prometheus.yml");

/// The one whose metrics are in several places: see the configuration.
const BROKER: &str = "rabbitmq";

pub struct Prometheus {
    pub port: Port,
    folder: PathBuf,
}

impl Prometheus {
    pub fn prepare(folder: PathBuf) -> Result<Prometheus, ServerError> {
        let port = Port::claim().map_err(ServerError::io("a port for Prometheus"))?;
        std::fs::create_dir(folder.join("targets"))
            .and_then(|()| write_whole(&folder.join("prometheus.yml"), CONFIG.as_bytes(), 0o644))
            .map_err(ServerError::io("Prometheus's configuration"))?;
        Ok(Prometheus { port, folder })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn spec(&self) -> Result<ProcessSpec, ServerError> {
        let program =
            on_path("prometheus").ok_or(ServerError::Missing("Prometheus", "prometheus"))?;
        let path = |name: &str| self.folder.join(name).display().to_string();
        let mut spec = ProcessSpec::new("prometheus", Kind::Server, program, &self.folder)
            .arg(format!("--config.file={}", path("prometheus.yml")))
            .arg(format!("--storage.tsdb.path={}", path("data")))
            .arg(format!("--web.listen-address={}", self.port.addr()))
            .arg("--log.level=warn")
            // One processor at most, of which there are few, and memory given back early: it is the watcher here.
            .env("GOMAXPROCS", "1")
            .env("GOGC", "50");
        spec.niceness = 15;
        spec.probe = Probe::Http(format!("{}/-/ready", self.port.url()));
        Ok(spec)
    }
}

/// Tells the Prometheus in `folder` whom to scrape.
pub fn write_targets(folder: &Path, running: &[Arc<ProcessSpec>]) -> io::Result<()> {
    let (broker, services) = targets(running);
    let targets = folder.join("targets");
    write_whole(
        &targets.join("rabbitmq.json"),
        broker.to_string().as_bytes(),
        0o644,
    )?;
    write_whole(
        &targets.join("services.json"),
        services.to_string().as_bytes(),
        0o644,
    )
}

/// In the format of file-based service discovery: the broker, everybody else.
fn targets(running: &[Arc<ProcessSpec>]) -> (Value, Value) {
    let (broker, services): (Vec<_>, Vec<_>) = running
        .iter()
        .filter_map(|spec| {
            let target = json!({
                "targets": [spec.metrics_addr.as_deref()?],
                "labels": {"job": spec.service, "instance": spec.name},
            });
            Some((spec.name == BROKER, target))
        })
        .partition(|(is_broker, _)| *is_broker);
    let bare = |group: Vec<(bool, Value)>| group.into_iter().map(|(_, target)| target).collect();
    (bare(broker), bare(services))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_has_metrics_is_a_target_with_its_names() {
        let spec = |name: &str, service: &str, metrics: Option<&str>| {
            let mut spec = ProcessSpec::new(name, Kind::Service, "/bin/true", "/");
            spec.service = service.into();
            spec.metrics_addr = metrics.map(String::from);
            Arc::new(spec)
        };
        let (broker, services) = targets(&[
            spec("orders-1", "orders", Some("127.0.0.1:1")),
            spec("postgres", "postgres", None),
            spec("rabbitmq", "rabbitmq", Some("127.0.0.1:2")),
        ]);
        assert_eq!(
            services,
            json!([{"targets": ["127.0.0.1:1"], "labels": {"job": "orders", "instance": "orders-1"}}])
        );
        assert_eq!(broker[0]["targets"], json!(["127.0.0.1:2"]));
    }
}
