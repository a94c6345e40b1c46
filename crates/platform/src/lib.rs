//! The local platform: to processes what a cluster is to pods.
//!
//! # Layout
//! - [`Platform`]: a running one. `start` is the way up, `site` the folder and supervisor below it, `server_set` its
//!   servers, [`fleet`] its services' instances, [`control`] its API.
//! - [`Config`]: what kind to start. [`services`]: the set of services, as data;
//!   [`instance`] makes a process of one. `topology`: their exchanges and queues.
//! - [`process`]: one supervised child: described, born, probed, restarted, signalled, ended.
//! - [`servers`]: RabbitMQ, PostgreSQL, Prometheus, the trace store as such processes; [`servers::TestServers`].
//! - [`agent`]: the process that breaks things on purpose, and the links with its proxies.
//! - [`packages`]: the distribution's packages that are needed, and how they get there.
//! - [`ports`]: free ports that stay ours. [`run_dir`]: the folder of a run. [`lock`]: one supervisor a folder.
//! - [`endpoints`]: what a run tells about itself. [`secret`]: its passwords.
//! - [`cli`]: the command line.
//!
//! # Invariants
//! - No process outlives the supervisor, however that ends: see [`process::launch`].
//! - Nothing listens beyond loopback; nothing is shared with servers that run already.
//! - A run starts from nothing and leaves nothing but its logs.
#![forbid(unsafe_code)]

pub mod agent;
pub mod cli;
pub mod config;
pub mod control;
pub mod endpoints;
pub mod fleet;
pub mod instance;
pub mod lock;
mod narrator;
pub mod packages;
mod platform;
pub mod ports;
pub mod process;
pub mod run_dir;
pub mod secret;
mod server_set;
pub mod servers;
pub mod services;
mod site;
mod start;
mod topology;

pub use config::{Config, Progress};
pub use endpoints::{Endpoints, Secrets};
pub use platform::Platform;
pub use start::StartError;
