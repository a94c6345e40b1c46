//! The local platform: to processes what a cluster is to pods.
//!
//! # Layout
//! - [`process`]: one supervised child: described, born, probed, restarted, signalled, ended.
//! - [`servers`]: the real servers (RabbitMQ, PostgreSQL, ...) as such processes, and [`servers::TestServers`] for tests.
//! - [`ports`]: free ports that stay ours. [`run_dir`]: the folder of a run. [`secret`]: its passwords.
#![forbid(unsafe_code)]

pub mod ports;
pub mod process;
pub mod run_dir;
pub mod secret;
pub mod servers;
