//! A Jaeger 2 of our own, in memory.

use std::path::Path;

use crate::process::{Probe, ProcessSpec};
use crate::run_dir::write_whole;

use super::traces::Addresses;

/// Its defaults are fixed ports, on which another may run already.
pub fn jaeger(spec: ProcessSpec, folder: &Path, at: &Addresses) -> std::io::Result<ProcessSpec> {
    let config = folder.join("jaeger.yml");
    write_whole(&config, jaeger_config(at).as_bytes(), 0o644)?;
    let mut spec = spec.arg("--config").arg(config.display().to_string());
    spec.probe = Probe::Http(format!("{}/status", at.admin.url()));
    Ok(spec)
}

fn jaeger_config(at: &Addresses) -> String {
    format!(
        "\
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [jaeger_storage_exporter]
  telemetry:
    metrics:
      level: none
extensions:
  healthcheckv2:
    use_v2: true
    http:
      endpoint: {admin}
  jaeger_query:
    storage:
      traces: memory
    http:
      endpoint: {query}
    grpc:
      endpoint: {query_grpc}
  jaeger_storage:
    backends:
      memory:
        memory:
          max_traces: 100000
receivers:
  otlp:
    protocols:
      http:
        endpoint: {otlp_http}
      grpc:
        endpoint: {otlp_grpc}
processors:
  batch:
exporters:
  jaeger_storage_exporter:
    trace_storage: memory
",
        admin = at.admin.addr(),
        query = at.query.addr(),
        query_grpc = at.query_grpc.addr(),
        otlp_http = at.otlp_http.addr(),
        otlp_grpc = at.otlp_grpc.addr(),
    )
}
