//! Erlang's port mapper. RabbitMQ starts one as a daemon if it finds none, which would outlive us; so it finds ours.

use std::path::Path;

use crate::ports::Port;
use crate::process::{Kind, Probe, ProcessSpec};

use super::{ServerError, on_path};

pub fn epmd(run_dir: &Path, port: &Port) -> Result<ProcessSpec, ServerError> {
    let program = on_path("epmd").ok_or(ServerError::Missing("epmd", "rabbitmq-server"))?;
    let mut spec = ProcessSpec::new("epmd", Kind::Server, program, run_dir)
        .arg("-address")
        .arg("127.0.0.1")
        .arg("-port")
        .arg(port.number.to_string());
    spec.probe = Probe::Tcp(port.addr());
    Ok(spec)
}
