//! This machine's own RabbitMQ and PostgreSQL, with the messages and rows of our orders and nothing of ours around
//! them. No system built on them on this machine can be faster.
//!
//! # Layout
//! - [`messages`]: which messages an order is made of, and who hears them
//! - [`broker`]: those messages through the same queues
//! - [`database`]: rows of the same shape, in batches and one by one

pub mod broker;
pub mod database;
pub mod messages;

use std::path::Path;
use std::time::Duration;

use platform::config::Progress;
use platform::{Config, Platform};

use crate::run::{BenchError, say};
use broker::BrokerLimits;
use database::DatabaseLimits;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub broker: BrokerLimits,
    pub database: DatabaseLimits,
}

/// The same servers with the same settings, one after the other.
pub async fn measure(dir: &Path, length: Duration) -> Result<Limits, BenchError> {
    let mut config = Config::only_servers(dir);
    config.progress = Progress::new(say);
    let platform = Platform::start(config).await?;
    let measured = both(&platform, length).await;
    platform.stop(Duration::ZERO).await;
    measured
}

async fn both(platform: &Platform, length: Duration) -> Result<Limits, BenchError> {
    Ok(Limits {
        broker: broker::measure(&platform.admin_amqp_url(), length).await?,
        database: database::measure(&platform.admin_database_url("postgres"), length).await?,
    })
}
